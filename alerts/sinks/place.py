"""Places (`Receiver.place`): how they are called, and how fast to go there. Pure."""

from dataclasses import replace

from alerts.lane import Pace
from stream.config.sinks import kind_of_place

_OURS = 50
"""Milliseconds between two requests to a sink that names no limit."""


def said_of(place: str) -> str:
    """For people: `Slack C0SALES`, `webhook DESK`."""
    kind = kind_of_place(place)
    return f"Slack {place}" if kind == "slack" else place.replace(":", " ")


def pace_of(place: str, slack: Pace) -> Pace:
    """How fast to go there; `slack` is Slack's."""
    kind = kind_of_place(place)
    return slack if kind == "slack" else replace(slack, post=_OURS, edit=_OURS)
