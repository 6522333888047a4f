"""CSAT, on paper."""

import pytest

from stream.figures.catalogue.csat import CSAT
from stream.sla.events import Scale
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Answers of 5, 4, 4, 2 and 1: three of five are content; mean 16 / 5 = 3.2.

    The median is the 3rd of 1, 2, 4, 4, 5. A 7 is on another scale, an NPS of 4 is no
    CSAT; Sunday's last second is in the week, the next Monday is not.
    """
    told = Told()
    for day, score in (("mon", 5), ("mon", 4), ("tue", 2), ("wed", 1)):
        told.survey(f"c{score}", f"{day} 09:00", Scale.CSAT, score)
    told.survey("c", "sun 23:59:59", Scale.CSAT, 4)
    told.survey("c", "+1 mon 00:00", Scale.CSAT, 1)
    told.survey("c", "mon 09:00", Scale.CSAT, 7)
    told.survey("c", "mon 09:00", Scale.NPS, 4)

    (row,) = figure_of(CSAT, told, tmp_path)

    assert row == {"n": 5, "content": 0.6, "mean": pytest.approx(3.2), "p50": 4}


def test_by_queue_and_touchpoint(tmp_path):
    """A touchpoint that the source did not name is not known, and no other's."""
    told = Told()
    told.survey("a", "mon 09:00", Scale.CSAT, 5, "delivery")
    told.survey("b", "mon 09:00", Scale.CSAT, 3, queue="support")

    rows = figure_of(CSAT, told, tmp_path, ("queue", "touchpoint"))

    assert [(row["queue"], row["touchpoint"], row["content"]) for row in rows] == [
        ("sales", "delivery", 1),
        ("support", None, 0),
    ]


def test_by_the_categories_of_its_session(tmp_path):
    """A session of two categories counts in both; a survey without one in neither."""
    told = Told()
    told.session(
        "a", "mon 09:00", "mon 10:00", categories=("delivery", "website"), queue="x"
    )
    told.survey("a", "mon 10:30", Scale.CSAT, 2)
    told.survey("alone", "mon 10:30", Scale.CSAT, 5)

    rows = figure_of(CSAT, told, tmp_path, ("category",))

    assert sorted((str(row["category"]), row["mean"]) for row in rows) == [
        ("None", 5),
        ("delivery", 2),
        ("website", 2),
    ]


def test_of_nothing(tmp_path):
    """Without surveys it is not known, and not 0."""
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00")

    (row,) = figure_of(CSAT, told, tmp_path)

    assert row == {"n": 0, "content": None, "mean": None, "p50": None}
