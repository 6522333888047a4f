"""The one number of a figure that stands for it, where there is room for one."""

from stream.figures.figure import Column, Figure, Unit

_FIRST = (Unit.SHARE, Unit.SECONDS, Unit.SCORE, Unit.RATIO)


def headline(figure: Figure) -> Column:
    """Its first share, else its first time (a median), score or ratio, else its n."""
    for unit in _FIRST:
        for column in figure.columns:
            if column.unit is unit:
                return column
    return figure.columns[0]


def title(figure: Figure) -> str:
    """`First reply time (p50)`: which of its numbers it is, if it has several."""
    column = headline(figure)
    named = f" ({column.title})" if column.unit is Unit.SECONDS else ""
    return f"{figure.title}{named}"
