"""Reply time of every later reply, on paper."""

from stream.figures.catalogue.next_reply_time import NEXT_REPLY_TIME
from stream.sla.facts import Measure
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """One conversation, two later waits: 60 s, and 2000 s of which 200 s are open time.

    n 2; the nearest ranks: p50 is the 1st, p90 and p99 the 2nd; mean 2060 / 2 = 1030.
    Open time: 60 and 200, mean 130. The first reply, who still waits, a solution, a
    shadow, and a reply that came when the week was over are not in it; one that came
    into the week is, though the customer wrote before it.
    """
    told = Told()
    told.wait("c", "mon 09:00", 30)
    told.wait("c", "mon 09:10", 60, measure=Measure.NEXT_REPLY)
    told.wait("c", "mon 10:00", 2000, measure=Measure.NEXT_REPLY, business_s=200)
    told.wait("c", "mon 09:00", 7000, measure=Measure.RESOLUTION)
    told.wait("waits", "mon 09:00", measure=Measure.NEXT_REPLY)
    told.wait("shadow", "mon 09:00", 5, measure=Measure.NEXT_REPLY, shadow=True)
    told.wait("after", "sun 23:59", 60, measure=Measure.NEXT_REPLY)

    assert figure_of(NEXT_REPLY_TIME, told, tmp_path) == [
        {
            "n": 2,
            "p50_s": 60,
            "p90_s": 2000,
            "p99_s": 2000,
            "mean_s": 1030,
            "business_p50_s": 60,
            "business_p90_s": 200,
            "business_p99_s": 200,
            "business_mean_s": 130,
        }
    ]
