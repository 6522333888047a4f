"""Handling time, on paper."""

from stream.figures.catalogue.handling_time import HANDLING_TIME
from stream.sla.facts import Measure, Reason
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Resolved after 1, 2 and 30 hours, the last of them begun on Sunday.

    n 3; the nearest ranks: p50 the 2nd, p90 and p99 the 3rd; mean 33 / 3 = 11 hours.
    What came after the solution (an end at 12:00) is not handling. Not in it: closed by
    silence and never resolved, still open, spam, what never was, and what was resolved
    at the very end of the week. The promise of a solution (60 s here) is another thing.
    """
    told = Told()
    told.session("a", "mon 09:00", "mon 12:00", resolved_at="mon 10:00")
    told.session("b", "mon 09:00", "mon 12:00", resolved_at="mon 11:00")
    told.session("c", "tue 00:00", "wed 12:00", resolved_at="wed 06:00")
    told.wait("c", "tue 00:00", 60, measure=Measure.RESOLUTION)
    told.session("silent", "mon 09:00", "tue 09:00")
    told.session("open", "mon 09:00")
    told.session("spam", "mon 09:00", "mon 10:00", Reason.SPAM, resolved_at="mon 10:00")
    told.session("gone", "mon 09:00", "mon 10:00", Reason.SUPERSEDED)
    told.session("after", "sun 23:00", "+1 mon 01:00", resolved_at="+1 mon 00:00")

    assert figure_of(HANDLING_TIME, told, tmp_path) == [
        {
            "n": 3,
            "p50_s": 2 * 3600,
            "p90_s": 30 * 3600,
            "p99_s": 30 * 3600,
            "mean_s": 11 * 3600,
        }
    ]


def test_by_category_and_queue(tmp_path):
    """A session of two categories is in both; of none: in a row of its own."""
    told = Told()
    both = ("delivery", "invoice")
    told.session(
        "a", "mon 09:00", "mon 10:00", resolved_at="mon 10:00", categories=both
    )
    told.session("b", "mon 09:00", "mon 09:10", resolved_at="mon 09:10", queue="vip")

    found = figure_of(HANDLING_TIME, told, tmp_path, ("queue", "category"))

    assert [(each["queue"], each["category"], each["p50_s"]) for each in found] == [
        ("sales", "delivery", 3600),
        ("sales", "invoice", 3600),
        ("vip", None, 600),
    ]
