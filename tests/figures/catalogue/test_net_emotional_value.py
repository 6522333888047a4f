"""Net emotional value, on paper."""

import pytest

from stream.figures.catalogue.net_emotional_value import NET_EMOTIONAL_VALUE
from stream.sla.events import Scale
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Of 4, 2, 0 and -3: mean positive 6 / 4 = 1.5, mean negative 3 / 4, value 0.75.

    The median is the 2nd of -3, 0, 2, 4. Two of four felt something positive, one
    something negative: a 0 is neither. A CSAT of 1 and the next week are not in it.
    """
    told = Told()
    for number, score in enumerate((4, 2, 0, -3)):
        told.survey(f"c{number}", "mon 09:00", Scale.EMOTION, score, "delivery")
    told.survey("c", "mon 09:00", Scale.CSAT, 1, "delivery")
    told.survey("c", "+1 mon 00:00", Scale.EMOTION, -9, "delivery")

    (row,) = figure_of(NET_EMOTIONAL_VALUE, told, tmp_path, ("touchpoint",))

    assert row == {
        "touchpoint": "delivery",
        "n": 4,
        "value": pytest.approx(0.75),
        "positive": pytest.approx(1.5),
        "negative": pytest.approx(0.75),
        "p50": 0,
        "share_positive": 0.5,
        "share_negative": 0.25,
    }


def test_one_sided(tmp_path):
    """Nobody unhappy: negative is 0, which is known. All indifferent: value 0."""
    told = Told()
    told.survey("a", "mon 09:00", Scale.EMOTION, 3, "delivery")
    told.survey("b", "mon 09:00", Scale.EMOTION, 0, "website")

    rows = figure_of(NET_EMOTIONAL_VALUE, told, tmp_path, ("touchpoint",))

    assert [
        (row["touchpoint"], row["value"], row["positive"], row["negative"])
        for row in rows
    ] == [("delivery", 3, 3, 0), ("website", 0, 0, 0)]


def test_a_little_unhappiness_more_never_raises_it(tmp_path):
    """5 and -5: 0. A -1 beside them: (5 - 6) / 3, though the unhappy are milder."""
    told = Told()
    for queue, scores in (("sales", (5, -5)), ("support", (5, -5, -1))):
        for number, score in enumerate(scores):
            told.survey(
                f"{queue}{number}", "mon 09:00", Scale.EMOTION, score, queue=queue
            )

    before, after = figure_of(NET_EMOTIONAL_VALUE, told, tmp_path, ("queue",))

    assert (before["value"], after["value"]) == (0, pytest.approx(-1 / 3))
