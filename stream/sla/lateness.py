"""How late a clock is, in the promise's own time (semantics 2.8, 4.8)."""

from stream.sla.clock import Clock, counted
from stream.sla.hours import Calendar


def lateness(clock: Clock, now: int, calendar: Calendar) -> int:
    """Ms of open time since the deadline, pauses left out; 0 before it."""
    promised = clock.points[-1]
    if clock.deadline == clock.promised_at:
        # Promised when more was used up already: late from then on (semantics 2.11).
        promised = counted(clock, clock.deadline, calendar)
    return max(0, counted(clock, now, calendar) - promised)
