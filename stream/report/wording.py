"""What changed, in sentences."""

from stream.figures.figure import Column, Row, Value
from stream.report.changes import Change, Moved
from stream.report.findings import count_of, n_of
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
    figure, now, before = moved.figure, moved.part.now, moved.part.before
    column = headline(figure)
    one, other = _number(column, now), _number(column, before)
    went = "rose" if moved.size > 0 else "fell"
    beside = [change(column, one, other)]
    if column is not figure.columns[0]:
        beside.append(f"n {n_of(figure, now):,}, before {n_of(figure, before):,}")
    told = "; ".join(filter(None, beside))
    words = f"{went} from {said(column, other)} to {said(column, one)}"
    return f"{words} ({told})" if told else words


def _number(column: Column, row: Row | None) -> Value:
    """Of a count that is not there: 0."""
    return count_of(column, row) if row is None else row[column.name]
