"""Staffing need, on paper."""

import pytest

from stream.config.figures import Staffing
from stream.figures.catalogue.staffing_need import STAFFING_NEED
from stream.figures.period import Period
from stream.figures.thresholds import Thresholds
from stream.sla.facts import Measure, Reason
from stream.sla.hours import DAY
from stream.sla.instants import HOUR, MINUTE
from tests.figures.told import MONDAY, WEEK, Told, figure_of, tables_of

LIMITS = Thresholds(staffing=Staffing(concurrency=1, shrinkage="40%"))


def replied(told, key, last_s):
    """A session at nine on Monday: replies after a minute and `last_s` later."""
    told.session(key, "mon 09:00", "tue 09:00", agent_replies=2)
    told.wait(key, "mon 09:00", 60)
    told.wait(key, "mon 09:00:30", 30 + last_s, measure=Measure.NEXT_REPLY)


def story():
    """Six sessions on Monday after nine: work of 300, 300, 900 and 900 s, so 600.

    One reply says nothing of the work, nor does none. A bot's own, spam, a shadow's
    wait, and what is said days later in the next session are not in it.
    """
    told = Told()
    for number, seconds in enumerate((300, 300, 900, 900)):
        replied(told, f"c{number}", seconds)
    told.session("once", "mon 09:59:59", "tue 10:00", agent_replies=1)
    told.wait("once", "mon 09:59:59", 60)
    told.wait("once", "mon 10:05", 60, measure=Measure.NEXT_REPLY, shadow=True)
    told.session("open", "mon 09:30")
    told.session("bot", "mon 09:30", "mon 09:40", resolved_at="mon 09:35")
    told.session("spam", "mon 09:30", "mon 09:40", Reason.SPAM)
    told.session("c0", "+1 mon 00:00", "+1 mon 02:00", agent_replies=1)
    told.wait("c0", "+1 mon 00:00", 60)
    return told


def test_on_paper(tmp_path):
    """Six an hour for 600 s each: three agents, five people.

    By hand: tests/figures/test_staffing.py. At ten nobody comes, nobody is needed.
    """
    rows = figure_of(
        STAFFING_NEED, story(), tmp_path, ("queue", "hour"), thresholds=LIMITS
    )

    assert len(rows) == 168
    assert rows[9] == {
        "queue": "sales",
        "hour": 9,
        "n": 6,
        "per_hour": 6,
        "handling_s": 600,
        "handling_p50_s": 300,
        "agents": 3,
        "people": 5,
        "level": pytest.approx(0.96656, abs=1e-5),
        "occupancy": pytest.approx(1 / 3),
    }
    assert rows[10] == {
        "queue": "sales",
        "hour": 10,
        "n": 0,
        "per_hour": 0,
        "handling_s": None,
        "handling_p50_s": None,
        "agents": 0,
        "people": 0,
        "level": None,
        "occupancy": None,
    }


def test_hours_without_sessions_count(tmp_path):
    """Six in two Mondays' hours are three an hour; in a week's 168 six are 1/28.

    From half past nine to half past ten two came; in the half hour before, four: eight
    an hour. A queue beside it, where one came, does not make the hour longer.
    """
    told = story()
    told.session("else", "mon 09:30", queue="support")
    tables = tables_of(told.facts, tmp_path, LIMITS)
    half = MONDAY + 9 * HOUR + 30 * MINUTE
    two_weeks = Period(MONDAY - 7 * DAY, MONDAY + 7 * DAY)

    def sales(period, by=()):
        rows = STAFFING_NEED.of(tables, period, ("queue", *by))
        return [row for row in rows if row["queue"] == "sales"]

    assert sales(two_weeks, ("hour",))[9]["per_hour"] == 3
    assert sales(WEEK)[0]["per_hour"] == pytest.approx(1 / 28)
    assert sales(Period(half, half + HOUR))[0]["per_hour"] == 2
    assert sales(Period(half - HOUR // 2, half))[0]["per_hour"] == 8
    assert STAFFING_NEED.of(tables, Period(half, half + HOUR))[0]["per_hour"] == 3


def test_hours_are_those_of_the_zone(tmp_path):
    """15:15 in Delhi is 09:45 of UTC: hour 15 of a zone that is off by a half hour."""
    told = Told()
    told.session("a", "mon 09:45")
    delhi = Thresholds(zone="Asia/Kolkata")

    rows = figure_of(STAFFING_NEED, told, tmp_path, ("hour",), thresholds=delhi)

    assert [row["hour"] for row in rows if row["per_hour"] == 1] == [15]
    assert len(rows) == 168


def test_work_of_the_last_four_weeks(tmp_path):
    """One comes after nine; that the work takes 600 s is known of the week before.

    It was Tuesday at ten then, which is no hour of this period. What began before the
    four weeks does not count, though its replies (an hour apart) are of last week.
    """
    told = Told()
    told.session("now", "mon 09:10")
    told.session("before", "-1 tue 10:00", "-1 wed 10:00", agent_replies=2)
    told.session("old", "-5 mon 09:00")
    for key, last in (("before", "-1 tue 10:10"), ("old", "-1 tue 11:00")):
        told.wait(key, "-1 tue 10:00", 60)
        told.wait(key, last, 60, measure=Measure.NEXT_REPLY)
    nine = MONDAY + 9 * HOUR

    rows = figure_of(
        *(STAFFING_NEED, told, tmp_path, ("hour",)),
        period=Period(nine, nine + HOUR),
        thresholds=LIMITS,
    )

    assert [(row["hour"], row["n"], row["handling_s"]) for row in rows] == [(9, 1, 600)]


def test_work_as_the_file_says(tmp_path):
    """`handling` stands for what was measured; without both it is not known."""
    told = Told()
    for number in range(6):
        told.session(f"c{number}", "mon 09:00")
    rule = Staffing(concurrency=1, shrinkage="40%", handling="10m")

    def at_nine(folder, limits):
        return figure_of(
            STAFFING_NEED, told, tmp_path / folder, ("hour",), thresholds=limits
        )[9]

    said = at_nine("said", Thresholds(staffing=rule))
    unknown = at_nine("unknown", LIMITS)

    assert (said["handling_s"], said["agents"]) == (600, 3)
    assert (unknown["per_hour"], unknown["agents"], unknown["people"]) == (
        6,
        None,
        None,
    )
