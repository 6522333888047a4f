"""A figure: what it says in words, and the question to the tables that gives it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from stream.figures.period import Period
from stream.figures.tables import Tables
from stream.figures.thresholds import Thresholds
from stream.sla.instants import from_ms

Value = str | float | int | None
Row = dict[str, Value]
"""By column; None: not known, where its source said nothing."""


class Unit(StrEnum):
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    """0 to 1."""
    SCORE = "score"
    """On a scale of its own."""
    RATIO = "ratio"
    FLAG = "flag"
    """1: so it is, 0: it is not."""
    NAME = "name"
    """Whose a number is: of a queue, a channel, an hour."""
    AMOUNT = "amount"
    """Of money, in the currency that is said beside it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One number of a figure: `sql` aggregates rows, or is empty where `then` gives it.

    The first column of a figure is `n`: of how many rows the others are. `of` is SQL,
    the number of a row that a percentile is of; empty: it is none.
    """

    name: str
    title: str
    unit: Unit
    sql: str = ""
    of: str = ""


N = Column("n", "n", Unit.COUNT, "count(*)")

BY = {
    "queue": "queue",
    "channel": "channel",
    "account": "account",
    "policy": "policy",
    "measure": "measure",
    "agent": "coalesce(author, assignee)",
    "category": "category",
    "touchpoint": "touchpoint",
    "scale": "scale",
    "currency": "currency",
    "day": "timezone(getvariable('zone'), moment)::DATE::VARCHAR",
    "hour": "(isodow(timezone(getvariable('zone'), moment)) - 1) * 24"
    " + hour(timezone(getvariable('zone'), moment))",
}
"""What a figure can be split by, in SQL; `hour` is that of the week, 0 to 167."""

_CATEGORIES = (
    "(SELECT *, unnest(if(len(categories) = 0, [NULL], categories)) AS category"
    " FROM {rows})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of `docs/figures.md`.

    Attributes:
        number: its row in the field's list (docs/figures.md says where that is from).
        says: the definition, one or two sentences.
        source: where the definition is from.
        rows: SQL, a table or a select in parentheses: what is counted, a row each. It
            may use `getvariable` of `begin`, `end` and the fields of `Thresholds`.
        moment: SQL: the instant that decides to which period a row belongs; empty:
            `rows` look at `begin` and `end` by themselves.
        by: what it can be split by, of `BY`.
        then: what SQL cannot say, added to each row.
        live: the metrics that say the same, or empty: offline only.
        personal: it is about the people who reply: shown to nobody who did not ask.
    """

    number: int
    name: str
    title: str
    says: str
    source: str
    rows: str
    moment: str
    columns: tuple[Column, ...]
    by: tuple[str, ...] = ()
    then: Callable[[Row, Thresholds], Row] | None = None
    live: tuple[str, ...] = ()
    personal: bool = False

    def of(self, tables: Tables, period: Period, by: tuple[str, ...] = ()) -> list[Row]:
        """The figure in a period: a row for each value of `by`, one without it.

        Raises `ValueError` where it cannot be split so.
        """
        if not set(by) <= set(self.by):
            raise ValueError(f"{self.name} is not known by {', '.join(by)}")
        tables.let(begin=from_ms(period.begin), end=from_ms(period.end))
        rows = tables.rows(self._query(by))
        if self.then is None:
            return rows
        return [row | self.then(row, tables.thresholds) for row in rows]

    def _query(self, by: tuple[str, ...]) -> str:
        rows = self.rows
        if "category" in by:
            rows = _CATEGORIES.format(rows=rows)
        if self.moment:
            rows = f"(SELECT *, {self.moment} AS moment FROM {rows})"  # noqa: S608
        names = [f'{BY[name]} AS "{name}"' for name in by]
        values = [f'{each.sql} AS "{each.name}"' for each in self.columns if each.sql]
        where = (
            "WHERE moment >= getvariable('begin') AND moment < getvariable('end')"
            if self.moment
            else ""
        )
        groups = ", ".join(map(str, range(1, len(by) + 1)))
        grouped = f"GROUP BY {groups} ORDER BY {groups}" if by else ""
        asked = ", ".join(names + values)
        return f"SELECT {asked} FROM {rows} {where} {grouped}"  # noqa: S608  our own
