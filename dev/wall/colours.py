"""What the colours of a drawing say, and to whom."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final

from coloraide import Color

from dev.wall.drawn import Panel, Text

SEEN_BY: Final = (None, "protan", "deutan")
"""Everybody, and the two kinds of red-green blindness that one man in twelve has."""
APART: Final = 15.0
"""CIEDE2000 between two meanings. 1 is just seen side by side; the dark green and red
of Grafana, 67 apart, are 3 apart to deutan eyes, its orange and red 19."""
CONTRAST: Final = 3.0
"""WCAG 2.2, 1.4.3, of large text to what is behind it."""
_COLOURED: Final = 0.04
"""OKLCH chroma: Grafana's greys are bluish, 0.01 to 0.02."""
_GREEN: Final = (110.0, 170.0)
"""OKLCH hue, in degrees."""


def is_green(css: str) -> bool:
    colour = Color(css).convert("oklch")
    return colour["chroma"] > _COLOURED and _GREEN[0] < colour["hue"] < _GREEN[1]


def apart(one: str, other: str) -> float:
    """How different two colours look to whom they look most alike (CIEDE2000).

    Colour blindness by Machado, Oliveira and Fernandes (2009), complete.
    """
    return min(
        _seen(one, eyes).delta_e(_seen(other, eyes), method="2000") for eyes in SEEN_BY
    )


def _seen(css: str, eyes: str | None) -> Color:
    return Color(css).filter(eyes, method="machado") if eyes else Color(css)


def faint(panels: Iterable[Panel]) -> Iterator[str]:
    """A line for each text that does not stand out from what is behind it."""
    for panel in panels:
        for text in panel.texts:
            found = Color(text.colour).contrast(text.background)
            if found < CONTRAST:
                yield f"panel {panel.id}: {text.text!r} has a contrast of {found:.1f}"


def green(panels: Iterable[Panel]) -> Iterator[str]:
    """A line for each panel with anything green in it."""
    for panel in panels:
        colours = {*panel.fills, *(text.colour for text in panel.texts)}
        if any(is_green(colour) for colour in colours):
            yield f"panel {panel.id} is green"


def meaning(text: Text) -> str:
    """The colour that tells a text's state: its tile's, else its own, else none."""
    for colour in (text.background, text.colour):
        if Color(colour).convert("oklch")["chroma"] > _COLOURED:
            return colour
    return text.background


def alike(drawings: Iterable[Iterable[Panel]]) -> Iterator[str]:
    """A line for each two colours with a meaning that not everybody can tell apart."""
    meanings = {meaning(text) for panels in drawings for _, text in _figures(panels)}
    for one, other in combinations(sorted(meanings), 2):
        if (distance := apart(one, other)) < APART:
            yield f"{one} and {other} are {distance:.0f} apart"


def by_colour_alone(drawings: Mapping[str, Iterable[Panel]]) -> Iterator[str]:
    """A line for each wording of a panel that has one colour here and another there.

    Numbers are left out: that 7 is bad where 6 was well, nobody knows by heart.
    """
    told: dict[tuple[int, str], tuple[str, str]] = {}
    for situation, panels in drawings.items():
        for panel, text in _figures(panels):
            wording = re.sub(r"\d+", "0", text.text)
            here = (meaning(text), situation)
            colour, where = told.setdefault((panel.id, wording), here)
            if colour != here[0]:
                yield (
                    f"panel {panel.id}: {wording!r} is {colour} in {where!r},"
                    f" {here[0]} in {situation!r}"
                )


def _figures(panels: Iterable[Panel]) -> Iterator[tuple[Panel, Text]]:
    """What tells a state: not titles, nor what things are called."""
    for panel in panels:
        for text in panel.texts:
            if text.role in {"value", "cell"}:
                yield panel, text
