"""NPS, on paper."""

import pytest

from stream.figures.catalogue.nps import NPS
from stream.sla.events import Scale
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """0, 6, 7, 8, 9, 9, 10, 10: four promoters, two passives, two detractors of eight.

    100 * (4 - 2) / 8 = 25. The mean of the answers, 7.4, is something else. An 11 is
    not on the scale; a CSAT of 5 is no detractor.
    """
    told = Told()
    for number, score in enumerate((0, 6, 7, 8, 9, 9, 10, 10, 11)):
        told.survey(f"c{number}", "mon 00:00", Scale.NPS, score)
    told.survey("c", "mon 09:00", Scale.CSAT, 5)
    told.survey("c", "+1 mon 00:00", Scale.NPS, 0)

    (row,) = figure_of(NPS, told, tmp_path)

    assert row == {
        "n": 8,
        "nps": pytest.approx(25),
        "promoters": 0.5,
        "passives": 0.25,
        "detractors": 0.25,
    }


def test_all_detractors(tmp_path):
    """Below nothing: -100; and 0 where promoters and detractors are as many."""
    told = Told()
    told.survey("a", "mon 09:00", Scale.NPS, 6)
    told.survey("b", "mon 09:00", Scale.NPS, 9, queue="support")
    told.survey("c", "mon 09:00", Scale.NPS, 0, queue="support")

    rows = figure_of(NPS, told, tmp_path, ("queue",))

    assert [(row["queue"], row["nps"]) for row in rows] == [
        ("sales", -100),
        ("support", 0),
    ]
