"""Silence of a source: an account that should have been heard (semantics 3.6)."""

from stream.sla.hours import Calendar


def is_silent(heard_at: int, now: int, calendar: Calendar, after: int) -> bool:
    """Whether its figures are stale: `after` ms of open time without an event.

    Instants in milliseconds. A night does not count, and nobody expects a word in it,
    so a source that fell silent at closing time is told so in the morning, when the
    rest of `after` has passed.
    """
    return calendar.is_open(now) and calendar.elapsed(heard_at, now) >= after
