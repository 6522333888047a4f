"""One key of the ledger as it was when read, and what to do about it next. Pure.

Wanted is compared with shown one step at a time; after every step, ask again.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from alerts.alert import Alert, AlertState


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`version` counts changes of the wanted side; 0: the ledger knows nothing."""

    key: str
    version: int = 0
    alert: Alert | None = None
    receiver: str | None = None
    channel: str | None = None
    intent: int | None = None
    """When a post was begun whose end we do not know; milliseconds."""
    ts: str | None = None
    shown: str | None = None
    """The revision in the channel."""


class Step(StrEnum):
    """Something to ask Slack for."""

    POST = "post"
    LOOK_UP = "look_up"
    """A post may have happened: look for its message."""
    EDIT = "edit"


class Rest(StrEnum):
    """Nothing to ask Slack for, and why."""

    SHOWN = "shown"
    """The channel shows what is wanted."""
    OVER = "over"
    """It ended before it was posted: never sent."""
    STALE = "stale"
    """Noticed too late to be told one by one (semantics 3.5)."""
    NO_BREACH = "no_breach"
    """No breach of this cycle is known (yet)."""


def next_step(entry: Entry, stale_after: int) -> Step | Rest:
    """Decide for the entry as it is; `stale_after` in milliseconds, excluded."""
    alert = entry.alert
    if alert is None:
        return Rest.NO_BREACH
    if entry.ts is not None:
        return Rest.SHOWN if entry.shown == alert.revision else Step.EDIT
    if entry.intent is not None:
        # Even when it is over: the message may be there, and then it must say so.
        return Step.LOOK_UP
    match alert.state:
        case AlertState.BREACHED:
            return Rest.STALE if alert.lateness > stale_after else Step.POST
        case (
            AlertState.ANSWERED
            | AlertState.ENDED
            | AlertState.CANCELLED
            | AlertState.RETRACTED
        ):
            return Rest.OVER
        case _:
            assert_never(alert.state)
