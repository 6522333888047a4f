"""What changed most: only what chance does not explain, whole figures before parts.

The rule (ADR 35). Of every figure its headline is compared, whole and by part:

- counts as if customers came independently of each other (Poisson), by the length of
  the periods; 20 in both together, at least, so what is new counts, too;
- shares by the test of two proportions; 5 of each kind expected, at least;
- medians by the ranks around them (`spread`), whatever the shape: times have two humps
  where nobody answers at night; 20 in each, at least.

It counts where |z| is so high that, had nothing changed, 19 of 20 reports would
name nothing at all (Bonferroni, over all that is compared), and it changed by a tenth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from statistics import NormalDist

from stream.figures.figure import Figure, Unit
from stream.report.chance import SizeAndZ, Times, of_counts, of_medians, of_shares
from stream.report.findings import Finding, Part, count_of, n_of
from stream.report.headline import headline
from stream.report.span import Span

MOST = 5
_NOT_COMPARED = {"spikes", "customer_health", "staffing_need", "staffing_forecast"}
"""They look back further than their period: what is known of that differs."""
_STANDING = {"backlog"}
"""How much there is at the end, however long the period."""
_CHANCE = 0.05
_A_TENTH = log(1.1)


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
    if finding.figure.name in _NOT_COMPARED or finding.whole.before is None:
        return
    parts = [("", finding.whole)]
    for by, those in finding.splits.items():
        parts += [(by, part) for part in those if by != "agent"]
    times_as_long = 1 if finding.figure.name in _STANDING else ratio
    for by, part in parts:
        found = _size_and_z(finding.figure, part, times_as_long)
        if found is not None:
            yield Change(finding.figure, by, part, *found)


def _size_and_z(figure: Figure, part: Part, ratio: float) -> SizeAndZ | None:
    column = headline(figure)
    if column.unit is Unit.COUNT:
        now, before = (count_of(column, row) for row in (part.now, part.before))
        return of_counts(now, before, ratio)
    if part.now is None or part.before is None:
        return None
    n, m = n_of(figure, part.now), n_of(figure, part.before)
    if column.unit is Unit.SECONDS:
        return of_medians(Times.of(part.now, n), Times.of(part.before, m))
    one, other = part.now[column.name], part.before[column.name]
    if column.unit is not Unit.SHARE or one is None or other is None:
        return None
    return of_shares(float(one), n, float(other), m)
