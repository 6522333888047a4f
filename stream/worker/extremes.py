"""The extremes of waits that count by one calendar, in open time (semantics 4.8).

Of two clocks without a pause the one that is ahead stays ahead, so that only the first
needs the calendar's arithmetic. Those that were paused are asked one by one.
"""

from collections.abc import Sequence

from stream.sla.hours import Calendar
from stream.sla.opening_hours import NEVER
from stream.worker.waiting import Wait


def next_breach(waits: Sequence[Wait], now: int, calendar: Calendar) -> int | None:
    """Ms left of the running wait with least left; None where none can break.

    0 where the deadline has passed and nothing is concluded yet.
    """
    deadlines = [w.deadline for w in waits if not (w.breached or w.paused)]
    first = min(deadlines, default=NEVER)
    return None if first >= NEVER else calendar.elapsed(now, first)


def worst_lateness(waits: Sequence[Wait], now: int, calendar: Calendar) -> int | None:
    """Ms since the deadline of the latest breached wait; None where none is."""
    late = [wait for wait in waits if wait.breached]
    found = [
        paused.late + _since(wait, max(wait.since, wait.deadline), now, calendar)
        for wait in late
        if (paused := wait.pauses) is not None
    ]
    if deadlines := [wait.deadline for wait in late if wait.pauses is None]:
        found.append(calendar.elapsed(min(deadlines), now))
    return max(found, default=None)


def longest_wait(waits: Sequence[Wait], now: int, calendar: Calendar) -> int | None:
    """Ms that the longest wait has counted; None where nobody waits."""
    found = [
        paused.waited + _since(wait, wait.since, now, calendar)
        for wait in waits
        if (paused := wait.pauses) is not None
    ]
    if starts := [wait.since for wait in waits if wait.pauses is None]:
        found.append(calendar.elapsed(min(starts), now))
    return max(found, default=None)


def _since(wait: Wait, start: int, now: int, calendar: Calendar) -> int:
    return 0 if wait.paused else calendar.elapsed(start, now)
