"""What changed most: only what chance does not explain, whole figures before parts.

The rule (ADR 35). Of every figure its headline is compared, whole and by part:

- counts as if customers came independently of each other (Poisson), by the length of
  the periods; 20 in both together, at least;
- shares by the test of two proportions; 5 of each kind expected, at least;
- medians as those of log-normal times, whose spread is between p50 and p90; 20 in each.

It counts where |z| is so high that, had nothing changed, 19 of 20 reports would
name nothing at all (Bonferroni, over all that is compared), and it changed by a tenth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist

from stream.figures.figure import Figure, Row, Unit
from stream.report.findings import Finding, Part, n_of
from stream.report.headline import headline
from stream.report.span import Span

MOST = 5
_CHANCE = 0.05
_A_TENTH = log(1.1)
_ENOUGH, _EXPECTED = 20, 5
_TO_P90 = NormalDist().inv_cdf(0.9)
_OF_A_MEDIAN = sqrt(1.5707963267948966)
"""The deviation of a median, in those of a mean: the root of half of pi."""


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
            wide = column.name.replace("p50", "p90")
            if wide == column.name or min(n, m) < _ENOUGH:
                return None
            return _medians((one, now.get(wide), n), (other, before.get(wide), m))
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


Spread = tuple[float, object, int]
"""A median, its p90, and of how many."""


def _medians(now: Spread, before: Spread) -> tuple[float, float] | None:
    variance = 0.0
    for median, wide, n in (now, before):
        if not isinstance(wide, int | float) or median <= 0 or wide <= median:
            return None
        deviation = log(wide / median) / _TO_P90
        variance += (_OF_A_MEDIAN * deviation) ** 2 / n
    size = log(now[0] / before[0])
    return size, size / sqrt(variance)
