"""What changed, in sentences."""

from stream.figures.figure import Row, Value
from stream.report.changes import Change, Moved
from stream.report.findings import n_of
from stream.report.headline import headline, title
from stream.report.numbers import change, said

NOBODY = "nobody said"
"""Of a part without a name: its queue, or what it was about."""


def sentence(moved: Moved) -> str:
    """A line: First reply time (p50) rose from 12 min to 25 min (+108%; n 530, …)."""
    first = moved.first
    told = f"{title(first.figure)}{_where(first)} {_from_to(first)}"
    if moved.most is None:
        return f"{told}."
    most = moved.most
    return f"{told}; most{_where(most)}, where it {_from_to(most)}."


def part_name(by: str, value: Value) -> str:
    """How a part is called: `first_reply` in words."""
    if value is None:
        return NOBODY
    return str(value).replace("_", " ") if by == "measure" else str(value)


def _where(moved: Change) -> str:
    return f" in {moved.by} {part_name(moved.by, moved.part.of)}" if moved.by else ""


def _from_to(moved: Change) -> str:
    column = headline(moved.figure)
    now, before = _row(moved.part.now), _row(moved.part.before)
    one, other = now[column.name], before[column.name]
    went = "rose" if moved.size > 0 else "fell"
    counted = ""
    if column is not moved.figure.columns[0]:
        n, m = n_of(moved.figure, now), n_of(moved.figure, before)
        counted = f"; n {n:,}, before {m:,}"
    return (
        f"{went} from {said(column, other)} to {said(column, one)}"
        f" ({change(column, one, other)}{counted})"
    )


def _row(row: Row | None) -> Row:
    assert row is not None  # changes compares what was there both times
    return row
