"""Which time a report is of, and which it is compared with."""

from datetime import date

import pytest

from stream.figures.period import Period
from stream.report.span import Span
from stream.sla.hours import DAY
from stream.sla.instants import HOUR, parse_rfc3339

BUDAPEST = "Europe/Budapest"


def instants(*said: str) -> list[int]:
    return [parse_rfc3339(each) for each in said]


def test_a_week_is_of_its_zone():
    """Seven days from midnight to midnight there, though one of them has 25 hours."""
    span = Span.week(date(2026, 10, 19), BUDAPEST)
    before, begin, end = instants(
        "2026-10-12T00:00+02:00", "2026-10-19T00:00+02:00", "2026-10-26T00:00+01:00"
    )

    assert span == Span(
        "Week 43, 2026", "Week 42, 2026", Period(begin, end), Period(before, begin)
    )
    assert span.now.length == 7 * DAY + HOUR
    assert span.says(BUDAPEST) == "19 Oct 2026 to 25 Oct 2026"


def test_a_week_may_begin_on_any_day():
    """Then it is called by its first day: no week of the calendar's is meant."""
    span = Span.week(date(2026, 11, 20), "UTC")

    assert span.name == "The week from 20 Nov 2026"
    assert span.compared == "The week from 13 Nov 2026"


def test_a_month_is_compared_with_the_month_before():
    """March, 31 days, with February, 28."""
    span = Span.months(date(2026, 3, 1), 1, "UTC")

    assert (span.name, span.compared) == ("March 2026", "February 2026")
    assert (span.now.length, span.before.length) == (31 * DAY, 28 * DAY)


def test_a_quarter_is_compared_over_the_turn_of_the_year():
    """The first of a year with the last of the year before."""
    span = Span.months(date(2026, 1, 1), 3, "UTC")

    assert (span.name, span.compared) == ("Quarter 1, 2026", "Quarter 4, 2025")
    assert [span.before.begin, span.now.begin, span.now.end] == instants(
        "2025-10-01T00:00Z", "2026-01-01T00:00Z", "2026-04-01T00:00Z"
    )


def test_what_is_not_over_is_compared_with_as_much():
    """On Wednesday at noon: with the week before up to its Wednesday noon."""
    (noon,) = instants("2026-11-25T12:00Z")
    span = Span.week(date(2026, 11, 23), "UTC").until(noon)

    assert span.name == "Week 48, 2026, so far"
    assert span.now.end == noon
    assert span.before.end == noon - 7 * DAY
    assert span.says("UTC") == "23 Nov 2026 00:00 to 25 Nov 2026 12:00"


def test_what_is_over_stays():
    """Nothing is cut off."""
    span = Span.week(date(2026, 11, 16), "UTC")

    assert span.until(span.now.end) is span


def test_between_two_instants():
    """As long a time before; it bears its days as its name."""
    span = Span.between(*instants("2026-11-20T00:00Z", "2026-11-21T00:00Z"), "UTC")

    assert span.name == "20 Nov 2026"
    assert span.compared == "19 Nov 2026"


@pytest.mark.parametrize(
    ("since", "is_known"),
    [
        ("2026-11-09T22:00Z", True),  # nobody wrote on that Monday before 23:00
        ("2026-11-09T23:00Z", False),
        ("2026-10-01T00:00Z", True),
        ("2026-11-18T00:00Z", False),
    ],
)
def test_what_is_half_known_is_not_compared(since, is_known):
    """Facts begin on the first day of the time before, there, or earlier."""
    span = Span.week(date(2026, 11, 16), BUDAPEST)

    assert span.is_known_since(*instants(since), BUDAPEST) is is_known
