"""What changes from one run to the other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic
from zoneinfo import ZoneInfo

from stream.backtest.run import Run
from stream.sla.cycles import Cycle, Key
from stream.sla.facts import Verdict
from stream.sla.figures import (
    AnyRow,
    Figures,
    PolicyRow,
    Row,
    figures,
    figures_by_policy,
)
from stream.sla.instants import from_ms

COUNTS = ("met", "breached", "cancelled", "alerts")
"""What is shown of figures; `over` and `taken_back` explain the alerts."""
_SUMMED = (*COUNTS, "over", "taken_back")


@dataclass(frozen=True, slots=True)
class Sides(Generic[AnyRow]):
    """Figures by row. Then: under the config in force; now: under the one tried."""

    then: Mapping[AnyRow, Figures]
    now: Mapping[AnyRow, Figures]

    def of(self, row: AnyRow) -> tuple[Figures, Figures]:
        return self.then.get(row, Figures()), self.now.get(row, Figures())

    @property
    def rows(self) -> list[AnyRow]:
        """What changes first, of it what hurts: by breaches now, and then."""

        def order(row: AnyRow) -> tuple[bool, int, int, AnyRow]:
            then, now = self.of(row)
            same = all(getattr(then, name) == getattr(now, name) for name in COUNTS)
            return same, -now.breached, -then.breached, row

        return sorted({**self.then, **self.now}, key=order)

    @property
    def total(self) -> tuple[Figures, Figures]:
        """The counts of all rows; no waits."""
        return _total(self.then.values()), _total(self.now.values())


def _total(parts: Iterable[Figures]) -> Figures:
    known = [*parts]
    return Figures(
        **{name: sum(getattr(part, name) for part in known) for name in _SUMMED}
    )


@dataclass(frozen=True, slots=True)
class Flip:
    """A cycle that ends otherwise; None: there is none."""

    key: Key
    then: Verdict | None
    now: Verdict | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two runs beside each other."""

    events: int
    span: tuple[int, int]
    """The first and the last arrival, in milliseconds."""
    queues: Sides[Row]
    policies: Sides[PolicyRow]
    flips: tuple[Flip, ...]
    hours_then: Counter[tuple[int, int]]
    """Breaches by local weekday (Monday is 0) and hour of their deadline."""
    hours_now: Counter[tuple[int, int]]


def compare(then: Run, now: Run, timezone: str) -> Difference:
    """What changes; the hours are those of `timezone`."""
    keys = [key for key in {**then.cycles, **now.cycles} if not key[3]]
    verdicts = (
        Flip(key, _verdict(then.cycles.get(key)), _verdict(now.cycles.get(key)))
        for key in keys
    )
    before, after = then.cycles.items(), now.cycles.items()
    zone = ZoneInfo(timezone)
    return Difference(
        then.events,
        then.span,
        Sides(figures(before), figures(after)),
        Sides(figures_by_policy(before), figures_by_policy(after)),
        tuple(flip for flip in verdicts if flip.then is not flip.now),
        Counter(_hours(before, zone)),
        Counter(_hours(after, zone)),
    )


def _verdict(cycle: Cycle | None) -> Verdict | None:
    return None if cycle is None else cycle.verdict


def _hours(
    cycles: Iterable[tuple[Key, Cycle]], zone: ZoneInfo
) -> Iterator[tuple[int, int]]:
    for (_, _, _, shadow), cycle in cycles:
        if cycle.verdict is Verdict.BREACHED and cycle.deadline and not shadow:
            local = from_ms(cycle.deadline).astimezone(zone)
            yield local.weekday(), local.hour
