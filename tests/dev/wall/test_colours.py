"""What colours are to whom, by the numbers that the ADR names."""

import pytest

from dev.wall.colours import APART, apart, is_green

DARK_GREEN, DARK_RED, DARK_ORANGE = "#37872d", "#c4162a", "#fa6400"
DARK_PURPLE, PANEL = "#8f3bb8", "#181b1f"


def test_dark_green_and_dark_red_are_one_colour_to_some() -> None:
    """Far apart for most eyes, the same olive for deutan ones."""
    assert apart(DARK_GREEN, DARK_RED) < 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PANEL, DARK_ORANGE),
        (PANEL, DARK_RED),
        (PANEL, DARK_PURPLE),
        (DARK_ORANGE, DARK_RED),
        (DARK_ORANGE, DARK_PURPLE),
        (DARK_RED, DARK_PURPLE),
    ],
)
def test_the_walls_colours_are_apart(one: str, other: str) -> None:
    """At risk, broken, unknown and well, for every eye."""
    assert apart(one, other) > APART


@pytest.mark.parametrize("colour", [DARK_GREEN, "#73bf69", "rgb(55, 135, 45)"])
def test_greens_are_green(colour: str) -> None:
    """Grafana's dark and bright one."""
    assert is_green(colour)


@pytest.mark.parametrize("colour", [PANEL, "white", "#fade2a", "#1f60c4", DARK_RED])
def test_others_are_not(colour: str) -> None:
    """Greys neither: Grafana's are bluish; nor its yellow and blue."""
    assert not is_green(colour)
