"""The one number of a figure that stands for it, where there is room for one."""

from stream.figures.figure import Column, Figure, Unit

_COUNTED = {
    "volume": "n",
    "consistency": "p90_over_p50",
    "spikes": "spikes",
    "customer_health": "red",
    "staffing_need": "agents",
    "staffing_forecast": "agents",
}
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
    is_one_of_several = column.unit in {Unit.SECONDS, Unit.COUNT}
    is_told = is_one_of_several and column is not figure.columns[0]
    named = f" ({column.title})" if is_told else ""
    return f"{figure.title}{named}"
