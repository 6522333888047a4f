"""What was drawn: panels and the texts in them, as the page measured them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["title", "name", "value", "unit", "header", "cell", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Pixels from the page's left upper corner."""

    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: "Box", slack: float = 1) -> bool:
        """Whether they share more than `slack` pixels in both directions."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > slack and along > slack


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One run of letters. `box` holds their ink, not the line they stand in."""

    text: str
    role: Role
    tile: int
    """Which of the panel's tiles, bars or cells it is in, from 0; -1: in none."""
    size: float
    """Pixels, of the font."""
    colour: str
    background: str
    """What is behind it, as CSS says it."""
    box: Box
    cut: bool
    """Whether some of it is behind the edge of what holds it."""
    outside: bool
    """Whether some of it is outside of its panel, or in the panel's header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`fills` are all colours of areas in it, `failed` what drawing it threw."""

    id: int
    box: Box
    failed: str
    scrolls: bool
    fills: tuple[str, ...]
    texts: tuple[Text, ...]


def panels_of(measured: Iterable[Mapping[str, Any]]) -> list[Panel]:
    """What the page's `measure()` says."""
    return [
        Panel(
            **{
                **panel,
                "box": Box(**panel["box"]),
                "fills": tuple(panel["fills"]),
                "texts": tuple(
                    Text(**{**text, "box": Box(**text["box"])})
                    for text in panel["texts"]
                ),
            }
        )
        for panel in measured
    ]
