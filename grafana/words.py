"""Numbers made into text by PromQL: what a cell of the wall reads is a label.

Grafana shows a number in one unit and one colour scale. "late 5 · 1 h 05" is neither,
so Prometheus writes it (`count_values` turns a value into a label) into the label
`says`, which the panel shows; the sample's value is what the text was made from, and
the order of the rows. Colours follow the words, so no state is told by colour alone.
"""

from typing import Final

MARK: Final = -1_000_000_000
"""The value of what has no number, such as "partial": before all that has."""

SAYS: Final = "says"
"""The label that a panel of the wall shows."""


def said(expr: str, text: str) -> str:
    """`expr` with the same text on each of its samples."""
    return f'label_replace({expr}, "{SAYS}", "{text}", "", "")'


def counted(expr: str, label: str, text: str = "$1", by: str = "queue") -> str:
    """1 for each `by` of `expr`, its number in `label`: "late $1"."""
    grouping = f"by ({by}) " if by else ""
    values = f'count_values {grouping}("{label}", {expr})'
    if text == "$1":
        return values
    return f'label_replace({values}, "{label}", "{text}", "{label}", "(.+)")'


def spelled(expr: str, label: str, by: str = "queue") -> str:
    """1 for each `by` of `expr`, its seconds in `label`: "25 s", "3 min", "1 h 05".

    Rounded down: neither more time than is left, nor later than it is.
    """
    seconds = counted(f"floor({expr} < 60)", label, "$1 s", by)
    minutes = counted(f"floor((60 <= {expr} < 3600) / 60)", label, "$1 min", by)
    # 1 h 05 is 105: the minutes are the last two digits.
    clock = f"floor({expr} / 3600) * 100 + floor({expr} % 3600 / 60)"
    hours = counted(f"({clock}) >= 100", label, "$1", by)
    split = f'label_replace({hours}, "{label}", "$1 h $2", "{label}", "(.+)(..)")'
    return f"({seconds} or {minutes} or {split})"
