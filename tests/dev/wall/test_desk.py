"""The dashboards for who sits before them, as Grafana draws them."""

import pytest

from dev.wall.colours import green
from dev.wall.drawn import Panel
from dev.wall.faults import unreadable
from grafana.build import DASHBOARDS
from tests.dev.wall.conftest import Studio, committed

pytestmark = pytest.mark.broker

DESKS = [name for name in DASHBOARDS if name != "wall"]
LARGE, MIDDLE, SMALL = (1920, 1080), (1440, 900), (1366, 768)
at_every_desk = pytest.mark.parametrize("name", DESKS)


@at_every_desk
@pytest.mark.parametrize(
    ("situation", "size"),
    [("twelve queues", SMALL), ("26-hour waits", SMALL), ("twelve queues", LARGE)],
    ids=str,
)
def test_every_text_is_whole_and_in_its_place(
    studio: Studio, name: str, situation: str, size: tuple[int, int]
) -> None:
    """On a large screen and on a small laptop, with many queues and large numbers."""
    assert list(unreadable(studio.draw(committed(name), situation, size))) == []


@at_every_desk
def test_no_data_is_said_and_never_green(studio: Studio, name: str) -> None:
    """What is not known is not well."""
    panels = studio.draw(committed(name), "no data", MIDDLE)
    assert list(unreadable(panels)) == []
    assert list(green(panels)) == []


def test_what_is_below_the_screen_is_drawn(studio: Studio) -> None:
    """One scrolls down to it: a browser paints and shows what is on the screen."""
    monitor = studio.draw(committed("monitor"), "twelve queues", MIDDLE)
    (sources,) = (panel for panel in monitor if panel.id == 17)
    read = {text.text for text in sources.texts}
    assert read >= {"Source", "Queue", "whatsapp:of-sales", "sales"}


def said(panels: list[Panel]) -> dict[int, str]:
    """All that is read in each panel, below its title."""
    return {
        panel.id: " ".join(text.text for text in panel.texts if text.role != "title")
        for panel in panels
    }


def test_promises_says_what_was_kept(studio: Studio) -> None:
    """Of the weeks in `dev/wall/weeks.py`, worked out by hand.

    Sales is one unit: 624 a week, and 1 + 0.9 + 0.8 + 0.7 = 3.4 such weeks are 2,122
    replies. 6 % of them broke, 127, of 10 % that may: 60 %. All queues are 4.55 units
    (2 + 1 + 0.5 + 0.25, and eight of 0.1), of which 0.331 broke (2 x 9 %, 6 %,
    0.5 x 14 %, and 2 % of the rest) of 0.455 that may: 72 %, and 0.124 x 2,121.6 = 263
    are left. In time 1 - 0.331 / 4.55 = 92.7 %. Nothing happened on Sunday.
    """
    said_ = said(studio.draw(committed("promises"), "Sunday"))
    assert said_[1] == "of this range 72 % of 7 days 72 % of a day 0 %"
    assert said_[2] == "263"
    assert said_[3] == "7 days 92.7 % the 7 before 92.7 %"
    # The policy of vip promises 99 %, its queue the 90 % of all.
    assert "vip 530 11 99.0% 200%" in said_[4]
    assert "sales 2,122 127 94.0% 90.0% 60%" in said_[5]
    assert "complaints 140% 140% 140% 140% support 90%" in said_[6]


def test_demand_says_who_wrote_when(studio: Studio) -> None:
    """Of the weeks in `dev/wall/weeks.py`, worked out by hand.

    4.55 units of 624 are 2,839; a tenth less the week before, so 1/9 more now. Of a
    unit 3 x 8 began on Monday after eleven, in the mean of four weeks 0.85 of that: 93;
    on Saturday a third. 80 % were resolved, half of those within an hour, and 72 % of
    all within 8 h: from 70 % at 4 h it is a fifth of the way to 80 % at 24 h. 40 % of
    all were about deliveries.
    """
    said_ = said(studio.draw(committed("demand"), "Sunday"))
    assert said_[1] == "7 days 2,839 the 7 before 2,555 change 11 %"
    assert said_[2] == "6"
    assert said_[3] == "p50 01:00:00 p90 08:00:00"
    assert "Mon · · · · · · · · 23 46 70 93 70 46 70 93 70 23 · · · · · ·" in said_[4]
    assert "Sat · · · · · · · · 8 15 23 31 23 15 23 31 23 8 · · · · · ·" in said_[4]
    assert said_[4].startswith("Day 00 01 ")
    assert said_[4].endswith("Sun" + 24 * " ·")
    assert "sales 624 562 11% 2 01:00:00 08:00:00" in said_[7]
    assert "delivery 1,136 1,022 11% 40%" in said_[8]


def test_experience_says_how_it_was(studio: Studio) -> None:
    """Of the weeks in `dev/wall/weeks.py`, worked out by hand.

    Of 4.05 units 10 % answered, 6 good, 2 middling, 2 bad; of the 0.5 of complaints
    8 %, 1, 2 and 5: 0.445 x 2,121.6 = 944. Good 0.248 / 0.445 = 56 %; the mean of 5, 3
    and 1 is (4.05 x 0.38 + 0.5 x 0.16) / 0.445 = 3.6. Good less bad 0.142 / 0.445: 32.
    For CES all said 4.8. Emotions of 3 and -2:
    (4.05 x 0.14 - 0.5 x 0.07) / 0.445 = 1.2. Of 80 % resolved 32 had one reply, 8 none.
    """
    said_ = said(studio.draw(committed("experience"), "Sunday"))
    assert said_[1] == "CSAT 56 % mean 3.6 answers 944"
    assert said_[2] == "NPS 32 answers 944"
    assert said_[3] == "CES 4.8 answers 944"
    assert said_[4] == "emotion 1.2 answers 944"
    assert said_[5] == (
        "resolved 80 % with one reply 40 % automated 10 % abandoned 5 % reopened 3 %"
    )
    assert said_[6] == "7 days 57 the 7 before 51"
    assert "complaints 13% 85 -50 4.8 -0.9 80% 40% 10% 5% 3%" in said_[7]
