"""A press: what somebody did with an alert, by a button of its message."""

from dataclasses import dataclass
from enum import StrEnum


class PressKind(StrEnum):
    """What was pressed; each but `no_reply_needed` has a counterpart."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    SNOOZE = "snooze"
    WAKE = "wake"
    NO_REPLY_NEEDED = "no_reply_needed"
    MUTE = "mute"
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Times are milliseconds of the wall clock."""

    press_id: str
    """The same for every repetition by Slack."""
    kind: PressKind
    by: str
    """Slack's id of who pressed."""
    at: int
    until: int | None = None
    """Of snooze and mute."""
    reason: str = ""
