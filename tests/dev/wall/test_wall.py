"""The committed wall in every situation, as Grafana draws it."""

import pytest

from dev.wall.colours import alike, by_colour_alone, faint, green
from dev.wall.drawn import Panel
from dev.wall.faults import scrolled, too_small, unreadable
from dev.wall.situations import SITUATIONS

pytestmark = pytest.mark.broker
Walls = dict[str, list[Panel]]

every_situation = pytest.mark.parametrize("situation", SITUATIONS)


@every_situation
def test_every_text_is_whole_and_in_its_place(walls: Walls, situation: str) -> None:
    """No text is cut, none lies over another, none is outside of its panel."""
    assert list(unreadable(walls[situation])) == []
    assert list(scrolled(walls[situation])) == []


@every_situation
def test_everything_can_be_read_at_five_metres(walls: Walls, situation: str) -> None:
    """Names and figures are at least 56 px high; titles are for who stands near."""
    assert list(too_small(walls[situation])) == []


@every_situation
def test_every_text_stands_out(walls: Walls, situation: str) -> None:
    """A contrast of 3:1 at least."""
    assert list(faint(walls[situation])) == []


@every_situation
def test_the_wall_is_on_the_screen(walls: Walls, situation: str) -> None:
    """Nobody scrolls a TV."""
    assert max(panel.box.bottom for panel in walls[situation]) <= 1080


def test_no_data_is_never_green(walls: Walls) -> None:
    """What is not known is not well."""
    assert list(green(walls["no data"])) == []


def test_no_state_is_told_by_colour_alone(walls: Walls) -> None:
    """The same words in the same panel have one colour, whatever the situation."""
    assert list(by_colour_alone(walls)) == []


def test_meanings_are_apart_for_every_eye(walls: Walls) -> None:
    """Any two colours that say something differ, for red-green blind eyes, too."""
    assert list(alike(walls.values())) == []


def test_situations_do_not_look_the_same(walls: Walls) -> None:
    """Each is told by its texts: a wall that said the same of two would say nothing."""
    told = {
        tuple(text.text for panel in panels for text in panel.texts): situation
        for situation, panels in walls.items()
    }
    assert list(told.values()) == list(SITUATIONS)
