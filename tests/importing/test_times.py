"""Instants as people's files write them: read exactly, or refused."""

from zoneinfo import ZoneInfo

import pytest

from stream.importing.times import DateOrder, TimeFault, Times
from stream.sla.instants import rfc3339, to_ms

BUDAPEST = ZoneInfo("Europe/Budapest")
NINE = "2024-11-27T08:00:00.000Z"
"""Nine in the morning in Budapest."""


def read(text: str, zone: ZoneInfo | None = None, order: str | None = None) -> str:
    times = Times(zone, DateOrder(order) if order else None)
    return rfc3339(to_ms(times.read(text)))


@pytest.mark.parametrize(
    "text",
    [
        "1732694400",
        "1732694400000",
        "1732694400.000",
        "2024-11-27T08:00:00Z",
        "2024-11-27T09:00:00+01:00",
        "2024-11-27 09:00:00+0100",
        "2024-11-27 08:00:00 UTC",
        "2024-11-27 08:00 GMT",
        "Wed, 27 Nov 2024 09:00:00 +0100",
        "Wed Nov 27 08:00:00 +0000 2024",
    ],
)
def test_a_time_with_its_zone_is_read(text):
    """No option is needed for it."""
    assert read(text) == NINE


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-27 09:00",
        "2024-11-27T09:00:00.000",
        "2024/11/27 09:00",
        "27/11/2024 09:00",
        "11/27/2024 9:00 AM",
        "27.11.2024 09:00:00",
        "27-11-2024, 09:00",
        "Nov 27, 2024 9:00 AM",
        "27 November 2024 09:00",
    ],
)
def test_a_time_without_one_is_of_the_zone_that_is_said(text):
    """And of none where nobody says it."""
    assert read(text, BUDAPEST) == NINE
    with pytest.raises(TimeFault, match="--timezone"):
        read(text)


def test_a_date_that_could_be_two_is_refused_until_its_order_is_said():
    """A guess would move a wait by months."""
    assert read("03/04/2024 12:00", BUDAPEST, "day-first").startswith("2024-04-03")
    assert read("03/04/2024 12:00", BUDAPEST, "month-first").startswith("2024-03-04")
    with pytest.raises(TimeFault, match="--dates day-first or --dates month-first"):
        read("03/04/2024 12:00", BUDAPEST)


def test_a_date_against_the_order_that_is_said_is_refused():
    """It is not turned round."""
    with pytest.raises(TimeFault):
        read("27/11/2024 12:00", BUDAPEST, "month-first")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2024-10-27 02:30", "twice"),
        ("2024-03-31 02:30", "never"),
        ("2024-11-27", "without a time of day"),
        ("27/11/2024", "without a time of day"),
        ("45623.375", "no time"),
        ("123456789", "no time from 2000"),
        ("99999999999999999999", "no time"),
        ("-1", "no time"),
        ("27 Nov 2024 25:00", "no time"),
        ("31/31/2024 09:00", "no time"),
        ("soon", "no time"),
    ],
)
def test_what_is_no_instant_is_refused_with_its_reason(text, why):
    """Hours of the changed clock, days alone, a spreadsheet's numbers, words."""
    with pytest.raises(TimeFault, match=why):
        read(text, BUDAPEST)


def test_milliseconds_are_kept_and_what_is_finer_is_cut():
    """As everywhere in the events."""
    assert read("1732694400.1239") == "2024-11-27T08:00:00.123Z"
    assert read("1732694400123") == "2024-11-27T08:00:00.123Z"
    assert read("2024-11-27T08:00:00.123999Z") == "2024-11-27T08:00:00.123Z"
