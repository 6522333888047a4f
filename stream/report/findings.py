"""Every figure of the catalogue, now and before, whole and in parts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from stream.figures.figure import Column, Figure, Row, Value
from stream.figures.period import Period
from stream.figures.tables import Tables
from stream.report.headline import headline
from stream.report.span import Span
from stream.sla.instants import to_ms

SPLITS = ("measure", "queue", "channel", "category", "touchpoint", "currency")
"""What each figure is shown by, of what it can be split by; and by agent if asked."""
SPREAD = "spread"
"""Beside a median: the percentiles from 1 to 99, a list."""
OVER_TIME = ("day", "hour")
"""For charts and the CSV; no table."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a split (`of`), or the whole; None: it was not there then."""

    of: Value
    now: Row | None
    before: Row | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure's numbers; `splits` by what it is split by, the largest part first."""

    figure: Figure
    whole: Part
    splits: dict[str, list[Part]] = field(default_factory=dict)
    over_time: dict[str, list[Part]] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether there was anything to say, now or before."""
        rows = (self.whole.now, self.whole.before)
        return any(row is not None and n_of(self.figure, row) for row in rows)


def find(
    tables: Tables,
    span: Span,
    figures: Sequence[Figure],
    splits: Sequence[str],
    progress: Callable[[], None] = lambda: None,
) -> list[Finding]:
    """In the order of `figures`; `progress` is told of each one.

    There is no `before` where facts begin later than its first day.
    """
    found = []
    (known,) = tables.rows("SELECT getvariable('known_since') AS since")
    is_compared = known["since"] is not None and span.is_known_since(
        to_ms(known["since"]), tables.thresholds.zone
    )
    before = span.before if is_compared else None
    for figure in figures:
        found.append(_finding(tables, (span.now, before), figure, splits))
        progress()
    return found


def _with_spread(figure: Figure) -> Figure:
    """With what says how sure a median is, of which there is no column to show."""
    column = headline(figure)
    if not column.of:
        return figure
    ranks = [rank / 100 for rank in range(1, 100)]
    spread = Column(SPREAD, "", column.unit, f"quantile_disc({column.of}, {ranks})")
    return replace(figure, columns=(*figure.columns, spread))


def n_of(figure: Figure, row: Row | None) -> int:
    """Of how many it is."""
    return count_of(figure.columns[0], row)


def count_of(column: Column, row: Row | None) -> int:
    """How many; 0 where there are none, and so no row."""
    value = None if row is None else row.get(column.name)
    return int(value) if isinstance(value, int | float) else 0


def _finding(
    tables: Tables,
    periods: tuple[Period, Period | None],
    figure: Figure,
    splits: Sequence[str],
) -> Finding:
    asked = _with_spread(figure)

    def rows(period: Period | None, by: str) -> dict[Value, Row]:
        if period is None:
            return {}
        found = asked.of(tables, period, (by,) if by else ())
        return {row.get(by): row for row in found}

    def parts(by: str = "") -> list[Part]:
        now, before = (rows(period, by) for period in periods)
        return [
            Part(value, now.get(value), before.get(value))
            for value in dict.fromkeys([*now, *before])
        ]

    def size(part: Part) -> int:
        return max(n_of(figure, part.now), n_of(figure, part.before))

    return Finding(
        figure,
        next(iter(parts()), Part(None, None, None)),
        {
            by: sorted(parts(by), key=size, reverse=True)
            for by in splits
            if by in figure.by
        },
        {by: parts(by) for by in OVER_TIME if by in figure.by},
    )


def cells(finding: Finding) -> Iterator[tuple[str, Part]]:
    """Each part with the name of its split; the whole first, with an empty one."""
    yield "", finding.whole
    for by, parts in (finding.splits | finding.over_time).items():
        for part in parts:
            yield by, part
