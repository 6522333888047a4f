"""Pauses: when a clock stood still, and what of it is news."""

from collections.abc import Iterator

from stream.sla.clock import Clock
from stream.sla.facts import FactKind, Reason
from stream.sla.statements import Step

Pause = tuple[int, int | None]
"""From when, and until when; None while it lasts."""


def pauses(clock: Clock) -> list[Pause]:
    """The times in which it did not count, between being over and reopened, too."""
    ends = [end for _, end in clock.stretches]
    begins = [*[start for start, _ in clock.stretches[1:]], clock.since]
    found: list[Pause] = [
        (end, begin) for end, begin in zip(ends, begins, strict=False) if end < begin
    ]
    return found if clock.paused_at is None else [*found, (clock.paused_at, None)]


def turned(told: Clock, new: Clock) -> Iterator[Step]:
    """What of `new`'s pauses the world does not know, in order (semantics 6.12).

    Late news may say that it never paused: then it went on at once.
    """
    if (told.paused_at, told.since, told.stretches) == (
        new.paused_at,
        new.since,
        new.stretches,
    ):
        return  # nearly always
    known, found = pauses(told), pauses(new)
    starts = {start for start, _ in known}
    for start, end in found:
        if end is not None and end == new.reopened_at:
            if told.answered and new.answered and end != told.reopened_at:
                yield Step(FactKind.CLOCK_RESUMED, end, end, reason=Reason.REOPENED)
            continue
        if start not in starts:
            yield Step(FactKind.CLOCK_PAUSED, start, start)
        if end is not None and (start not in starts or (start, None) in known):
            yield Step(FactKind.CLOCK_RESUMED, end, end)
    for start, end in known:
        if end is None and all(start != other for other, _ in found):
            yield Step(FactKind.CLOCK_RESUMED, start, start)
