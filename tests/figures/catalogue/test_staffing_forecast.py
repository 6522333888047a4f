"""Staffing of next week, on paper."""

import pytest

from stream.config.figures import Staffing
from stream.figures.catalogue.staffing_forecast import STAFFING_FORECAST
from stream.figures.thresholds import Thresholds
from tests.figures.told import WEEK, Told, tables_of

LIMITS = Thresholds(
    staffing=Staffing(concurrency=1, shrinkage="40%", handling="10m"), zone="UTC"
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Sales has been known for long, support for two weeks, new for half a one."""
    told = Told()

    def came(queue, *times, number=1):
        for time in times:
            for which in range(number):
                told.session(f"{queue} {time} {which}", time, queue=queue)

    came("sales", "-5 sun 12:00")
    for week, number in ((-4, 2), (-3, 4), (-2, 6), (-1, 4), (0, 8)):
        came("sales", f"{week} mon 09:30", number=number)
    came("sales", "-1 tue 10:00", number=4)
    came("sales", "+1 mon 09:00", number=50)
    came("support", "-1 mon 00:00", number=3)
    came("support", "0 mon 00:00", number=5)
    came("new", "0 thu 09:00")
    return tables_of(told.facts, tmp_path_factory.mktemp("facts"), LIMITS)


def test_on_paper(tables):
    """Sales, Mondays at nine: 2, 4, 6, 4 and 8. Next: (4 + 6 + 4 + 8) / 4 = 5.5.

    Foretold for the last: (2 + 4 + 6 + 4) / 4 = 4, missed by 4 of 8. On Tuesdays at
    ten 4 came once: next 1; foretold 1, of 0 that came: no share. Of the week: 4 + 1
    of 8. 5.5 an hour for 10 min: load 0.917; two: 0.288 wait, 0.168 too long: enough.
    What came after the period is not known yet.
    """
    rows = STAFFING_FORECAST.of(tables, WEEK, ("queue", "hour"))
    of = {(row["queue"], row["hour"]): row for row in rows}
    monday, tuesday = of["sales", 9], of["sales", 34]
    weeks = STAFFING_FORECAST.of(tables, WEEK, ("queue",))
    week = next(row for row in weeks if row["queue"] == "sales")

    assert len(rows) == 3 * 168
    assert (monday["n"], monday["per_hour"], monday["miss"]) == (22, 5.5, 0.5)
    assert (monday["agents"], monday["people"]) == (2, 4)
    assert monday["level"] == pytest.approx(1 - 0.168, abs=5e-4)
    assert (tuesday["n"], tuesday["per_hour"], tuesday["miss"]) == (4, 1, None)
    assert (week["n"], week["miss"]) == (26, 5 / 8)
    assert week["per_hour"] == pytest.approx(6.5 / 168)


def test_a_queue_that_is_young(tables):
    """Support's two Mondays at midnight: (3 + 5) / 2 = 4; foretold 3, of 5 that came.

    Of half a week nothing is foretold, and a week without a forecast has no miss.
    """
    rows = STAFFING_FORECAST.of(tables, WEEK, ("queue", "hour"))
    of = {(row["queue"], row["hour"]): row for row in rows}
    support, new = of["support", 0], of["new", 81]

    assert (support["n"], support["per_hour"], support["miss"]) == (8, 4, 0.4)
    assert (new["n"], new["per_hour"], new["miss"], new["agents"]) == (0, *[None] * 3)


def test_of_all_queues(tables):
    """The misses of queues do not cancel each other: 4 + 1 + 2, of 8 + 5 that came."""
    (row,) = STAFFING_FORECAST.of(tables, WEEK)

    assert row["miss"] == pytest.approx(7 / 13)


def test_what_is_not_known_is_not_nothing(tmp_path):
    """Facts of two weeks: four came in the first, two in the second; so three next.

    That one of a session from long before is known, since it ended in them, does not
    make the weeks between empty.
    """
    told = Told()
    told.session("old", "-5 mon 09:00", "-1 tue 09:00")
    del told.facts[0]
    for key in ("a", "b", "c", "d"):
        told.session(key, "-1 mon 00:00")
    for key in ("e", "f"):
        told.session(key, "mon 00:00")

    rows = STAFFING_FORECAST.of(tables_of(told.facts, tmp_path), WEEK, ("hour",))

    assert (rows[0]["per_hour"], rows[0]["miss"]) == (3, 1)
