"""When a digest is due, and which days it tells of."""

import pytest

from alerts.digests.due import Due, last_due
from stream.sla.instants import HOUR, parse_rfc3339, rfc3339

BUDAPEST = "Europe/Budapest"
QUARTER_TO_NINE = 8 * 60 + 45


def due(now: str, minutes: int = QUARTER_TO_NINE) -> Due:
    return last_due(minutes, BUDAPEST, parse_rfc3339(now))


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-11-26T07:44:59Z", "2026-11-25T07:45:00.000Z"),
        ("2026-11-26T07:45:00Z", "2026-11-26T07:45:00.000Z"),
        ("2026-11-26T23:30:00Z", "2026-11-26T07:45:00.000Z"),
        ("2026-07-01T06:45:00Z", "2026-07-01T06:45:00.000Z"),
    ],
)
def test_it_is_due_at_its_time_by_the_zone(now: str, at: str) -> None:
    """Until then the one of the day before is the latest: none is older than a day."""
    assert rfc3339(due(now).at) == at


def test_a_time_that_the_clocks_skip_comes_an_hour_later() -> None:
    """02:30 on the morning when 02:00 is 03:00."""
    assert rfc3339(due("2026-03-29T12:00:00Z", 150).at) == "2026-03-29T01:30:00.000Z"


def test_yesterday_is_the_local_day() -> None:
    """Of 24 hours, 25 when the clocks go back, 23 when they go forward."""
    plain, long, short = (
        due(f"{day}T12:00:00Z").yesterday
        for day in ("2026-11-26", "2026-10-26", "2026-03-30")
    )

    assert rfc3339(plain.begin) == "2026-11-24T23:00:00.000Z"
    assert [(p.end - p.begin) // HOUR for p in (plain, long, short)] == [24, 25, 23]


def test_mondays_tell_of_last_week() -> None:
    """From Monday to Sunday; other days do not."""
    monday = due("2026-11-23T12:00:00Z")

    assert monday.last_week is not None
    assert rfc3339(monday.last_week.begin) == "2026-11-15T23:00:00.000Z"
    assert monday.last_week.end == monday.yesterday.end
    assert due("2026-11-24T12:00:00Z").last_week is None


def test_a_receiver_has_one_a_day() -> None:
    """Whatever its time is moved to."""
    morning, later = due("2026-11-26T20:00:00Z"), due("2026-11-26T20:00:00Z", 900)

    assert morning.key("ops") == later.key("ops") == "digest:2026-11-26:ops"
    assert morning.key("ops") != morning.key("leads")
