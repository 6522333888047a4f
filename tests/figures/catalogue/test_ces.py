"""CES, on paper."""

from stream.figures.catalogue.ces import CES
from stream.sla.events import Scale
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Of 7, 6, 2 and 1 (of seven): mean 16 / 4 = 4; the median is the 2nd from below.

    A -1 is on no scale; a CSAT, another week and another queue are not in it.
    """
    told = Told()
    for number, score in enumerate((7, 6, 2, 1)):
        told.survey(f"c{number}", "mon 09:00", Scale.CES, score)
    told.survey("c", "mon 09:00", Scale.CES, -1)
    told.survey("c", "mon 09:00", Scale.CSAT, 5)
    told.survey("c", "+1 mon 00:00", Scale.CES, 7)
    told.survey("c", "mon 09:00", Scale.CES, 3, queue="support")

    rows = figure_of(CES, told, tmp_path, ("queue",))

    assert rows == [
        {"queue": "sales", "n": 4, "mean": 4, "p50": 2},
        {"queue": "support", "n": 1, "mean": 3, "p50": 3},
    ]
