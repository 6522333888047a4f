"""Spikes: on paper, by exact probabilities, and in years that are played."""

from math import exp, lgamma, log, sqrt
from random import Random

import pytest

from stream.figures.catalogue.spikes import CLEAR, SPIKES
from stream.figures.period import Period
from stream.figures.thresholds import Thresholds
from stream.sla.hours import DAY
from stream.sla.instants import HOUR, from_ms
from tests.figures.told import MONDAY, Told, figure_of, tables_of

HOURS_A_MONTH = 31 * 24


def written(told, when, times, category="website"):
    """So many sessions of a category in the hour that begins then."""
    day, time = when.rsplit(" ", 1)
    for number in range(times):
        minute = f"{time[:2]}:{number % 60:02}"
        key = f"{category} {when} {number}"
        told.session(key, f"{day} {minute}", "+2 mon 00:00", categories=(category,))


@pytest.fixture
def told():
    """Facts of four weeks before, and of the first hour of the fifth."""
    told = Told()
    written(told, "-4 mon 00:00", 1, "delivery")
    return told


def found(told, folder, **limits):
    rows = figure_of(SPIKES, told, folder, ("category", "day", "hour"), **limits)
    return {
        (row["category"], row["day"], row["hour"]): (
            row["spikes"],
            row["sessions"],
            row["usual"],
        )
        for row in rows
    }


def test_on_paper(told, tmp_path):
    """Where 10 are usual, 24 are no spike and 25 are one; where none, 4 and 5.

    m 40: sqrt(10.094) = 3.177. 24: sqrt(24.375) = 4.937, 1.760 more; 25: sqrt(25.375) =
    5.037, 1.860 more, which is above 1.8.
    m 0: sqrt(0.094) = 0.306; 4: 2.092, 1.786 more; 5: 2.318, 2.012 more. Five weeks
    ago, the hour beside and another category do not count.
    """
    for weeks in ("-4", "-3", "-2", "-1"):
        written(told, f"{weeks} tue 09:00", 10)
        written(told, f"{weeks} wed 09:00", 10)
    written(told, "tue 09:00", 24)
    written(told, "wed 09:00", 25)
    written(told, "-5 thu 09:00", 30)
    written(told, "-1 thu 10:00", 30)
    written(told, "-1 thu 09:00", 30, "delivery")
    written(told, "thu 09:00", 5)
    written(told, "fri 09:00", 4)

    assert found(told, tmp_path) == {
        ("website", "2026-11-24", 33): (0, 0, 0),
        ("website", "2026-11-25", 57): (1, 25, 10),
        ("website", "2026-11-26", 81): (1, 5, 0),
        ("website", "2026-11-27", 105): (0, 0, 0),
    }


def test_nothing_is_judged_before_four_weeks_are_known(tmp_path):
    """What is known since Tuesday four weeks ago judges Tuesday, and not Monday."""
    told = Told()
    written(told, "-4 tue 12:00", 1, "delivery")
    written(told, "mon 09:00", 50)
    written(told, "tue 09:00", 50)

    assert found(told, tmp_path) == {("website", "2026-11-24", 33): (1, 50, 0)}


def test_the_same_hour_is_that_of_the_clock_on_the_wall(told, tmp_path):
    """In Budapest the clocks went back on 25 October.

    Ten in the morning is nine in UTC on 9 November, and was eight on 19 October.
    """
    limits = {
        "thresholds": Thresholds(zone="Europe/Budapest"),
        "period": Period(MONDAY - 14 * DAY, MONDAY - 7 * DAY),
    }
    written(told, "-7 mon 00:00", 1, "delivery")
    for when in ("-5 mon 08:00", "-4 mon 09:00", "-3 mon 09:00"):
        written(told, when, 10)
    written(told, "-2 mon 09:00", 25)

    assert found(told, tmp_path, **limits) == {
        ("website", "2026-11-09", 10): (1, 25, 7.5)
    }


def chance(count, rate):
    return exp(count * log(rate) - rate - lgamma(count + 1))


def at_least(count, rate):
    return sum(chance(each, rate) for each in range(count, int(count + rate + 80)))


def false_alarms(rate):
    """In an hour, of a category with so many sessions in each hour: exactly."""
    before, spread = 4 * rate, 8 * sqrt(4 * rate) + 8
    found = 0.0
    for m in range(max(0, int(before - spread)), int(before + spread)):
        least = int((sqrt(m / 4 + 3 / 32) + CLEAR) ** 2 - 3 / 8) + 1
        found += chance(m, before) * at_least(least, rate)
    return found


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3, 0.5, 1, 1.5, 2, 3, 5, 8, 20, 60, 120])
def test_chance_makes_less_than_one_spike_in_two_months(rate):
    """Whatever is usual, of a Poisson number an hour."""
    assert false_alarms(rate) * HOURS_A_MONTH < 0.5


def test_years_without_news_have_less_than_a_false_alarm_a_month(tmp_path):
    """Two years each of 0.3, 2 and 10 sessions an hour, by night a tenth of it."""
    rates, hours = {"rare": 0.3, "usual": 2, "large": 10}, 2 * 365 * 24
    tables = tables_of([], tmp_path)
    begin = MONDAY
    dice = Random(9)  # noqa: S311  the same years each time
    for category, rate in rates.items():
        counts = [
            poisson(rate if 8 <= hour % 24 < 20 else rate / 10, dice)
            for hour in range(hours)
        ]
        tables.let(counts=counts)
        tables.sql.execute(
            "INSERT INTO sessions (started_at, categories)"
            " SELECT ?::TIMESTAMPTZ + to_hours(hour::INTEGER), [?]"
            " FROM range(?) AS hours(hour), range(getvariable('counts')[hour + 1])",
            [from_ms(begin), category, hours],
        )
    tables.let(known_since=from_ms(begin))

    judged = Period(begin + 28 * DAY, begin + hours * HOUR)
    months = judged.length / HOUR / HOURS_A_MONTH
    rows = SPIKES.of(tables, judged, ("category",))

    assert [row["category"] for row in rows] == sorted(rates)
    for row in rows:
        assert row["n"] > 1000
        assert row["spikes"] < months
    assert sum(row["spikes"] for row in rows) > 0


def poisson(rate, dice):
    """Knuth's: how many steps until a product of chances is below exp(-rate)."""
    count, left = 0, dice.random()
    while left > exp(-rate):
        count, left = count + 1, left * dice.random()
    return count
