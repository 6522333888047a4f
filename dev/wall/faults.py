"""What is wrong with a drawing, in words: what cannot be read, or not from afar."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from dev.wall.drawn import Panel, Text

AFAR_PX = 56
"""25 mm on a 55-inch 1080p screen: 1/200 of five metres, the least one can read."""
UNIT_PX = 40
"""Grafana draws a unit at 0.6 of its number. The number is what is read."""


def unreadable(panels: Iterable[Panel]) -> Iterator[str]:
    """A line for each text that is cut, lies over another or out of its place."""
    for panel in panels:
        if panel.failed:
            yield f"panel {panel.id}: {panel.failed}"
        for text in panel.texts:
            if text.cut:
                yield _line(panel, text, "is cut")
            elif text.outside:
                yield _line(panel, text, "is outside of its panel")
        for one, other in combinations(panel.texts, 2):
            if one.box.overlaps(other.box):
                yield _line(panel, one, f"lies over {other.text!r}")


def scrolled(panels: Iterable[Panel]) -> Iterator[str]:
    """A line for each panel that shows a part: at a desk one scrolls, at a wall not."""
    for panel in panels:
        if panel.scrolls:
            yield f"panel {panel.id}: some of it is behind a scroll bar"


def too_small(panels: Iterable[Panel]) -> Iterator[str]:
    """A line for each text that cannot be read at five metres.

    Titles are exempt: Grafana draws them at 14 px, they are for who stands before the
    wall. Each figure has its name beside it, in large.
    """
    for panel in panels:
        for text in panel.texts:
            least = UNIT_PX if text.role == "unit" else AFAR_PX
            if text.role != "title" and text.size < least:
                yield _line(panel, text, f"has {text.size:.0f} px, not {least}")


def _line(panel: Panel, text: Text, fault: str) -> str:
    return f"panel {panel.id}: {text.role} {text.text!r} {fault}"
