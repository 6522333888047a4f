"""Figures: what teams steer by, from cycles (semantics 5.1, 2.12)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from stream.sla.cycles import Cycle, Key
from stream.sla.events import Channel
from stream.sla.facts import Measure, Verdict

Row = tuple[Channel, str, Measure]
"""Channel, queue, measure."""


def percentile(ordered: Sequence[int], share: float) -> int | None:
    """The nearest-rank percentile of ascending values; None of none.

    https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
    """
    if not ordered:
        return None
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


@dataclass(slots=True)
class Figures:
    """Of one row. Waits in milliseconds, late replies included."""

    met: int = 0
    breached: int = 0
    cancelled: int = 0
    running: int = 0
    alerts: int = 0
    """Breaches that were news when they were noticed: one message each."""
    wall: list[int] = field(default_factory=list)
    business: list[int] = field(default_factory=list)

    @property
    def service_level(self) -> float | None:
        """Met / (met + breached): from 0 to 1, None where nothing was decided."""
        decided = self.met + self.breached
        return self.met / decided if decided else None

    def add(self, cycle: Cycle, stale_after: int) -> None:
        """Count one more cycle."""
        match cycle.verdict:
            case Verdict.MET:
                self.met += 1
            case Verdict.BREACHED:
                self.breached += 1
            case Verdict.CANCELLED:
                self.cancelled += 1
            case None:
                self.running += 1
        if cycle.lateness is not None and cycle.lateness <= stale_after:
            self.alerts += 1
        if cycle.waited_ms is not None:
            self.wall.append(cycle.waited_ms)
        if cycle.waited_business_ms is not None:
            self.business.append(cycle.waited_business_ms)


def figures(
    cycles: Iterable[tuple[Key, Cycle]], stale_after: int, *, shadow: bool = False
) -> dict[Row, Figures]:
    """Figures per row, in the order of the rows' names."""
    found: dict[Row, Figures] = {}
    for (_, measure, _, is_shadow), cycle in cycles:
        if is_shadow is shadow:
            row = (cycle.channel, cycle.queue, measure)
            found.setdefault(row, Figures()).add(cycle, stale_after)
    for each in found.values():
        each.wall.sort()
        each.business.sort()
    return dict(sorted(found.items()))


def replies_by_author(cycles: Iterable[tuple[Key, Cycle]]) -> Counter[str]:
    """A reply counts for its author (semantics 2.12)."""
    return Counter(
        cycle.author
        for (_, measure, _, shadow), cycle in cycles
        if cycle.author is not None and measure is not Measure.WINDOW and not shadow
    )


def breaches_by_holder(
    cycles: Iterable[tuple[Key, Cycle]],
) -> Counter[tuple[str, str | None]]:
    """A breach counts for the queue and assignee that held it at the deadline."""
    return Counter(
        (cycle.queue, cycle.assignee)
        for (_, _, _, shadow), cycle in cycles
        if cycle.verdict is Verdict.BREACHED and not shadow
    )
