"""The one number of a figure that stands for it, where there is room for one."""

from stream.figures.figure import Column, Figure, Unit

_COUNTED = {"volume": "n", "consistency": "p90_over_p50"}
"""Figures that are about another number than the rule would take."""
_SAYING = {Unit.SHARE, Unit.SECONDS, Unit.SCORE, Unit.RATIO}


def headline(figure: Figure) -> Column:
    """Its first share, time (a median), score or ratio, else its n."""
    if (name := _COUNTED.get(figure.name)) is not None:
        return next(each for each in figure.columns if each.name == name)
    saying = (each for each in figure.columns if each.unit in _SAYING)
    return next(saying, figure.columns[0])


def title(figure: Figure) -> str:
    """`First reply time (p50)`: which of its numbers it is, if it has several."""
    column = headline(figure)
    named = f" ({column.title})" if column.unit is Unit.SECONDS else ""
    return f"{figure.title}{named}"
