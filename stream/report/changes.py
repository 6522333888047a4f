"""What changed most: only what chance does not explain, whole figures before parts.

The rule (ADR 35). Of every figure its headline is compared, whole and by part:

- counts as if customers came independently of each other (Poisson), by the length of
  the periods; 20 in both together, at least;
- shares by the test of two proportions; 5 of each kind expected, at least;
- medians by the ranks around them (`spread`), whatever the shape: times have two humps
  where nobody answers at night; 20 in each, at least.

It counts where |z| is so high that, had nothing changed, 19 of 20 reports would
name nothing at all (Bonferroni, over all that is compared), and it changed by a tenth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, copysign, floor, log, sqrt
from statistics import NormalDist
from typing import NamedTuple, Self

from stream.figures.figure import Figure, Row, Unit
from stream.report.findings import SPREAD, Finding, Part, n_of
from stream.report.headline import headline
from stream.report.span import Span

MOST = 5
_NOT_COMPARED = {"customer_health", "staffing_need", "staffing_forecast"}
"""They look back further than their period, or are computed of other figures."""
_CHANCE = 0.05
_A_TENTH = log(1.1)
_ENOUGH, _EXPECTED = 20, 5
_MEDIAN = 50
_STEP, _SURE = 0.05, 10.0
"""How finely z is looked for, and up to where."""


@dataclass(frozen=True, slots=True)
class Change:
    """One headline that moved; `size` is the logarithm of by how much."""

    figure: Figure
    by: str
    part: Part
    size: float
    z: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that changed: as a whole, or in a part; and the part that did most."""

    first: Change
    most: Change | None = None


def real_changes(findings: Sequence[Finding], span: Span) -> list[Change]:
    """What chance does not explain, of all figures and parts; in no order of size.

    Not of agents: a person's week is no headline.
    """
    ratio = span.now.length / span.before.length
    compared = [change for each in findings for change in _compared(each, ratio)]
    if not compared:
        return []
    needed = NormalDist().inv_cdf(1 - _CHANCE / (2 * len(compared)))
    return [
        change
        for change in compared
        if abs(change.z) >= needed and abs(change.size) >= _A_TENTH
    ]


def most_changed(real: Sequence[Change]) -> list[Moved]:
    """The figures that changed most, at most `MOST`, one entry each."""
    moved = [
        _moved([change for change in real if change.figure is figure])
        for figure in dict.fromkeys(change.figure for change in real)
    ]
    return sorted(moved, key=lambda each: -abs(each.first.size))[:MOST]


def _moved(of_a_figure: list[Change]) -> Moved:
    whole = next((change for change in of_a_figure if not change.by), None)
    most = max(of_a_figure, key=lambda change: abs(change.size))
    if whole is None:
        return Moved(most)
    return Moved(whole, None if most is whole else most)


def _compared(finding: Finding, ratio: float) -> Iterator[Change]:
    if finding.figure.name in _NOT_COMPARED:
        return
    parts = [("", finding.whole)]
    for by, those in finding.splits.items():
        parts += [(by, part) for part in those if by != "agent"]
    for by, part in parts:
        if part.now is None or part.before is None:
            continue
        found = _size_and_z(finding.figure, part.now, part.before, ratio)
        if found is not None:
            yield Change(finding.figure, by, part, *found)


def _size_and_z(
    figure: Figure, now: Row, before: Row, ratio: float
) -> tuple[float, float] | None:
    column = headline(figure)
    one, other = now.get(column.name), before.get(column.name)
    if not (isinstance(one, int | float) and isinstance(other, int | float)):
        return None
    n, m = n_of(figure, now), n_of(figure, before)
    match column.unit:
        case Unit.COUNT:
            return _counts(one, other, ratio)
        case Unit.SHARE:
            return _shares(one, n, other, m)
        case Unit.SECONDS:
            return _medians(Times.of(now, n), Times.of(before, m))
        case _:
            return None


def _counts(now: float, before: float, ratio: float) -> tuple[float, float] | None:
    both = now + before
    if both < _ENOUGH or not now or not before:
        return None
    due = ratio / (1 + ratio)
    z = (now - both * due) / sqrt(both * due * (1 - due))
    return log(now / before / ratio), z


def _shares(now: float, n: int, before: float, m: int) -> tuple[float, float] | None:
    if not n or not m:
        return None
    pooled = (now * n + before * m) / (n + m)
    if min(n, m) * min(pooled, 1 - pooled) < _EXPECTED:
        return None
    z = (now - before) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return _odds(now, n) - _odds(before, m), z


def _odds(share: float, n: int) -> float:
    """Their logarithm; half a case on each side, so that all and none have one, too."""
    return log((share * n + 0.5) / ((1 - share) * n + 0.5))


class Times(NamedTuple):
    """Of how many they are, and their percentiles from 1 to 99 (0 is none of them)."""

    n: int
    percentiles: Sequence[float]

    @classmethod
    def of(cls, row: Row, n: int) -> Self | None:
        spread = row.get(SPREAD)
        return (
            cls(n, [0, *spread]) if isinstance(spread, list) and n >= _ENOUGH else None
        )

    def between(self, deviations: float) -> tuple[float, float] | None:
        """Where its median is, so many deviations of its rank to both sides."""
        away = 100 * deviations / (2 * sqrt(self.n))
        low, high = floor(_MEDIAN - away), ceil(_MEDIAN + away)
        if low < 1:
            return None
        return self.percentiles[low], self.percentiles[high]


def _medians(now: Times | None, before: Times | None) -> tuple[float, float] | None:
    if now is None or before is None:
        return None
    one, other = now.percentiles[_MEDIAN], before.percentiles[_MEDIAN]
    if one <= 0 or other <= 0:
        return None
    # Two stretches that do not meet are further apart than z of their difference.
    both = sqrt(1 / now.n + 1 / before.n) / (1 / sqrt(now.n) + 1 / sqrt(before.n))
    z = 0.0
    while z < _SURE and _apart(
        now.between((z + _STEP) * both), before.between((z + _STEP) * both)
    ):
        z += _STEP
    return log(one / other), copysign(z, one - other)


def _apart(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool:
    if one is None or other is None:
        return False
    return one[1] < other[0] or other[1] < one[0]
