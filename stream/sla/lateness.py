"""How late a clock is, in the promise's own time (semantics 2.8, 4.8)."""

from stream.sla.clock import Clock, counted, used_up
from stream.sla.hours import Calendar


def lateness(clock: Clock, now: int, calendar: Calendar) -> int:
    """Ms of open time since the deadline, pauses left out; 0 before it."""
    return max(0, counted(clock, now, calendar) - used_up(clock, calendar))
