"""Tables of a Markdown page, and figures in them."""

from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct


class Spread(Struct, frozen=True):
    """Of several runs."""

    median: float
    least: float
    most: float


def spread(values: Iterable[float]) -> Spread:
    found = sorted(values)
    return Spread(median(found), found[0], found[-1])


def times(ratio: Spread) -> str:
    """A ratio: its median, least and most."""
    return f"{ratio.median:.1f}x ({ratio.least:.1f}..{ratio.most:.1f})"


def reached(value: float, target: float) -> str:
    """Whether a figure is at least its target, before it is rounded; else how near."""
    return "reached" if value >= target else f"{value / target:.0%} of it"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
