"""The dashboards for who sits before them, as Grafana draws them."""

import pytest

from dev.wall.colours import green
from dev.wall.faults import unreadable
from grafana.build import DASHBOARDS
from tests.dev.wall.conftest import Studio, committed

pytestmark = pytest.mark.broker

DESKS = [name for name in DASHBOARDS if name != "wall"]
at_every_desk = pytest.mark.parametrize("name", DESKS)


@at_every_desk
@pytest.mark.parametrize("size", [(1920, 1080), (1440, 900), (1366, 768)], ids=str)
@pytest.mark.parametrize("situation", ["no data", "twelve queues", "26-hour waits"])
def test_every_text_is_whole_and_in_its_place(
    studio: Studio, name: str, situation: str, size: tuple[int, int]
) -> None:
    """On a large screen and on a laptop, with little to show and with much."""
    assert list(unreadable(studio.draw(committed(name), situation, size))) == []


def test_what_is_below_the_screen_is_drawn(studio: Studio) -> None:
    """One scrolls down to it: a browser paints and shows what is on the screen."""
    monitor = studio.draw(committed("monitor"), "twelve queues", (1440, 900))
    (sources,) = (panel for panel in monitor if panel.id == 17)
    read = {text.text for text in sources.texts}
    assert read >= {"Source", "Queue", "whatsapp:of-sales", "sales"}


@at_every_desk
def test_no_data_is_never_green(studio: Studio, name: str) -> None:
    """What is not known is not well."""
    assert list(green(studio.draw(committed(name), "no data"))) == []
