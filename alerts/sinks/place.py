"""Places: where a receiver's notices are, as the ledger has it. Pure.

`webhook:DESK`, `alertmanager:OPS`, `apprise:MAIL`, or else the id of a Slack channel.
"""

from dataclasses import replace

from alerts.lane import Pace

_OURS = 50
"""Milliseconds between two requests to a sink that names no limit."""


def kind_of_place(place: str) -> str:
    """`slack`, `webhook`, `alertmanager` or `apprise`."""
    kind, colon, _ = place.partition(":")
    return kind if colon else "slack"


def said_of(place: str) -> str:
    """For people: `Slack C0SALES`, `webhook DESK`."""
    kind = kind_of_place(place)
    return f"Slack {place}" if kind == "slack" else place.replace(":", " ")


def pace_of(place: str, slack: Pace) -> Pace:
    """How fast to go there; `slack` is Slack's."""
    kind = kind_of_place(place)
    return slack if kind == "slack" else replace(slack, post=_OURS, edit=_OURS)
