"""Each fault that a wall can have, planted in the committed one, is seen."""

from typing import Any

import pytest

from dev.wall.colours import alike, by_colour_alone, faint, green
from dev.wall.faults import scrolled, too_small, unreadable
from tests.dev.wall.conftest import Dashboard, Studio, committed

pytestmark = pytest.mark.broker


def wall_with(options: dict[str, Any] | None = None, **defaults: Any) -> Dashboard:
    """The wall with these options and field options in each of its panels."""
    wall = committed("wall")
    for panel in wall["panels"]:
        panel["options"].update(options or {})
        panel["fieldConfig"]["defaults"].update(defaults)
    return wall


def coloured(colour: str) -> dict[str, Any]:
    """Field options that draw everything in one colour, and nothing else."""
    steps = [{"value": None, "color": colour}]
    return {"mappings": [], "thresholds": {"mode": "absolute", "steps": steps}}


def test_a_text_that_is_cut_is_seen(studio: Studio) -> None:
    """A value too large for its tile has its edge behind the tile's."""
    large = wall_with({"text": {"titleSize": 56, "valueSize": 500}})
    faults = list(unreadable(studio.draw(large, "busy")))
    assert any("is cut" in fault for fault in faults)


def test_a_text_over_another_is_seen(studio: Studio) -> None:
    """A name too large for its tile lies over the panel's title."""
    large = wall_with({"text": {"titleSize": 300, "valueSize": 56}})
    faults = list(unreadable(studio.draw(large, "busy")))
    assert any("lies over" in fault for fault in faults)


def test_a_table_that_scrolls_is_seen(studio: Studio) -> None:
    """Nobody scrolls a wall: what is behind the bar is not there."""
    wall = committed("wall")
    wall["panels"][0].update(
        type="table",
        options={"showHeader": True},
        gridPos={"x": 0, "y": 0, "w": 3, "h": 4},
    )
    assert list(scrolled(studio.draw(wall, "twelve queues"))) != []


def test_a_panel_that_cannot_be_drawn_is_seen(studio: Studio) -> None:
    """A type of panel that dev/wall does not know is a fault, not an empty place."""
    wall = committed("wall")
    wall["panels"][0]["type"] = "heatmap"
    faults = list(unreadable(studio.draw(wall, "busy")))
    assert any("no panels of type heatmap" in fault for fault in faults)


def test_a_small_text_is_seen(studio: Studio) -> None:
    """A figure of 30 px is for who stands near."""
    small = wall_with({"text": {"titleSize": 56, "valueSize": 30}})
    faults = list(too_small(studio.draw(small, "busy")))
    assert any("has 30 px, not 56" in fault for fault in faults)


def test_a_green_no_data_is_seen(studio: Studio) -> None:
    """Grafana gives no data the colour of the lowest threshold."""
    well = wall_with(**coloured("dark-green"))
    assert list(green(studio.draw(well, "no data"))) != []


def test_a_faint_text_is_seen(studio: Studio) -> None:
    """Dark grey on Grafana's dark panel."""
    pale = wall_with({"colorMode": "value"}, **coloured("#30343b"))
    assert list(faint(studio.draw(pale, "busy"))) != []


def test_colours_that_not_everybody_can_tell_apart_are_seen(studio: Studio) -> None:
    """Grafana's dark green and dark red are the same olive to deutan eyes."""
    drawings = [
        studio.draw(wall_with(**coloured(colour)), "busy")
        for colour in ("dark-green", "dark-red")
    ]
    assert list(alike(drawings)) != []


def test_a_state_that_only_a_colour_tells_is_seen(studio: Studio) -> None:
    """The same words, once orange and once red."""
    drawings = {
        colour: studio.draw(wall_with(**coloured(colour)), "busy")
        for colour in ("dark-orange", "dark-red")
    }
    assert list(by_colour_alone(drawings)) != []
