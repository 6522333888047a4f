"""The extremes of waits of one kind, in the time of their promise (semantics 4.8).

Of two clocks without a pause the one that is ahead stays ahead, so that only the first
needs the calendar's arithmetic; and what stands still needs none.
"""

from collections.abc import Sequence

from stream.sla.opening_hours import NEVER
from stream.worker.waiting import Kind, Wait


def next_breach(kind: Kind, waits: Sequence[Wait], now: int) -> int | None:
    """Ms left of the running wait with least left; None where none can break.

    0 where the deadline has passed and nothing is concluded yet.
    """
    if kind.breached or kind.paused:
        return None
    first = min([wait.deadline for wait in waits])
    return None if first >= NEVER else kind.calendar.elapsed(now, first)


def worst_lateness(kind: Kind, waits: Sequence[Wait], now: int) -> int | None:
    """Ms since the deadline of the latest breached wait; None where none is."""
    if not kind.breached:
        return None
    calendar = kind.calendar
    if not (kind.paused or kind.resumed):
        return calendar.elapsed(min([wait.deadline for wait in waits]), now)
    return max(
        [
            pauses.late
            if kind.paused
            else pauses.late + calendar.elapsed(max(wait.since, wait.deadline), now)
            for wait in waits
            if (pauses := wait.pauses) is not None
        ]
    )


def longest_wait(kind: Kind, waits: Sequence[Wait], now: int) -> int | None:
    """Ms that the longest wait has counted; None where it is the customer's turn."""
    if kind.paused and not kind.breached:
        return None
    calendar = kind.calendar
    if not (kind.paused or kind.resumed):
        return calendar.elapsed(min([wait.since for wait in waits]), now)
    return max(
        [
            pauses.waited
            if kind.paused
            else pauses.waited + calendar.elapsed(wait.since, now)
            for wait in waits
            if (pauses := wait.pauses) is not None
        ]
    )
