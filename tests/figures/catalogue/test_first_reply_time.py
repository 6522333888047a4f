"""First reply time, on paper."""

from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.sla.facts import Measure
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Waits of 60, 120, 180, 240 and 1200 s, the last one late, 300 s of it open time.

    n 5; the nearest ranks: p50 is the 3rd (2.5 up), p90 and p99 the 5th;
    mean 1800 / 5 = 360. Open time: 60, 120, 180, 240, 300: mean 900 / 5 = 180.
    Who still waits, a later reply, another week and a shadow are not in it.
    """
    told = Told()
    for number, seconds in enumerate((60, 120, 180, 240)):
        told.wait(f"c{number}", "mon 09:00", seconds)
    told.wait("late", "tue 09:00", 1200, business_s=300)
    told.wait("waits", "tue 09:00")
    told.wait("c0", "mon 10:00", 5, measure=Measure.NEXT_REPLY)
    told.wait("after", "+1 mon 00:00", 7)
    told.wait("shadow", "mon 09:00", 9, shadow=True)

    assert figure_of(FIRST_REPLY_TIME, told, tmp_path) == [
        {
            "n": 5,
            "p50_s": 180,
            "p90_s": 1200,
            "p99_s": 1200,
            "mean_s": 360,
            "business_p50_s": 180,
            "business_p90_s": 300,
            "business_p99_s": 300,
            "business_mean_s": 180,
        }
    ]


def test_by_queue_and_hour(tmp_path):
    """Answered on Monday after nine (hour 9), on Tuesday after ten (24 + 10)."""
    told = Told()
    told.wait("a", "mon 09:10", 60)
    told.wait("b", "tue 10:10", 120, queue="support")

    found = figure_of(FIRST_REPLY_TIME, told, tmp_path, ("queue", "hour"))

    assert [(row["queue"], row["hour"], row["n"], row["p50_s"]) for row in found] == [
        ("sales", 9, 1, 60),
        ("support", 34, 1, 120),
    ]
