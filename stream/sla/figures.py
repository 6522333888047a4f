"""Figures: what teams steer by, from cycles (semantics 5.1, 2.12)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple, TypeVar

from stream.sla.cycles import Cycle, Key
from stream.sla.events import Channel
from stream.sla.facts import Measure, Verdict


class Row(NamedTuple):
    """Whose figures they are."""

    channel: Channel
    queue: str
    measure: Measure


class PolicyRow(NamedTuple):
    """The same by what was promised; `shadow`: only tried."""

    policy: str
    measure: Measure
    shadow: bool


AnyRow = TypeVar("AnyRow", Row, PolicyRow)


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
    """Breaches whose customer still waited when they were noticed (semantics 3.5)."""
    over: int = 0
    """Breaches that stand and were over when they were noticed: counted, not told."""
    taken_back: int = 0
    """Alerts whose breach does not stand in the end. `alerts` is `breached` - `over` +
    `taken_back`, of a shadow nothing."""
    wall: list[int] = field(default_factory=list)
    business: list[int] = field(default_factory=list)

    @property
    def service_level(self) -> float | None:
        """Met / (met + breached): from 0 to 1, None where nothing was decided."""
        decided = self.met + self.breached
        return self.met / decided if decided else None

    def add(self, cycle: Cycle, *, shadow: bool) -> None:
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
        if cycle.noticed_at is not None and not shadow:
            self._tell(cycle)
        if cycle.waited_ms is not None:
            self.wall.append(cycle.waited_ms)
        if cycle.waited_business_ms is not None:
            self.business.append(cycle.waited_business_ms)

    def _tell(self, cycle: Cycle) -> None:
        stands = cycle.verdict is Verdict.BREACHED
        if cycle.was_over:
            self.over += stands
        else:
            self.alerts += 1
            self.taken_back += not stands


def figures(cycles: Iterable[tuple[Key, Cycle]]) -> dict[Row, Figures]:
    """Figures per row, in the order of the rows' names; shadows left out."""
    return _grouped(
        (Row(cycle.channel, cycle.queue, measure), cycle, False)
        for (_, measure, _, shadow), cycle in cycles
        if not shadow
    )


def figures_by_policy(
    cycles: Iterable[tuple[Key, Cycle]],
) -> dict[PolicyRow, Figures]:
    """Likewise by policy, those that are only tried among them."""
    return _grouped(
        (PolicyRow(cycle.policy or "", measure, shadow), cycle, shadow)
        for (_, measure, _, shadow), cycle in cycles
    )


def _grouped(
    cycles: Iterable[tuple[AnyRow, Cycle, bool]],
) -> dict[AnyRow, Figures]:
    found: dict[AnyRow, Figures] = {}
    for row, cycle, shadow in cycles:
        found.setdefault(row, Figures()).add(cycle, shadow=shadow)
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
