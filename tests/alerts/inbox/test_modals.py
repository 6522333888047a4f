"""Times that people choose, in the time zone of the queue; modals that Slack opens."""

import pytest

from alerts.inbox.modals import muting, next_time, telling, tomorrow, until_a_time
from alerts.inbox.pressed import Place
from dev.slack.view_rules import check_view
from stream.sla.instants import parse_rfc3339, rfc3339

PLACE = Place(key="k" * 32, channel="C0SALES", message_ts="1.2", thread="1.1")
ZONE = "Europe/Budapest"


@pytest.mark.parametrize(
    ("now", "clock", "then"),
    [
        ("2026-11-27T10:00:00+01:00", "10:30", "2026-11-27T10:30:00+01:00"),
        ("2026-11-27T10:30:00+01:00", "10:30", "2026-11-28T10:30:00+01:00"),
        ("2026-11-27T23:30:00Z", "00:15", "2026-11-29T00:15:00+01:00"),
        ("2026-10-24T10:00:00+02:00", "09:00", "2026-10-25T09:00:00+01:00"),
    ],
    ids=["later today", "this very minute", "of the zone's day", "after the change"],
)
def test_the_next_time_it_is_so_late(now: str, clock: str, then: str) -> None:
    """In the queue's time zone, whatever day it is elsewhere."""
    found = next_time(clock, parse_rfc3339(now), ZONE)
    assert rfc3339(found) == rfc3339(parse_rfc3339(then))


def test_tomorrow_begins_at_midnight_of_the_zone() -> None:
    """A quarter of an hour from now, late at night."""
    now = parse_rfc3339("2026-11-27T23:45:00+01:00")
    assert tomorrow(now, ZONE) == parse_rfc3339("2026-11-28T00:00:00+01:00")


def test_a_time_is_proposed() -> None:
    """An hour from now, on a quarter, in the zone."""
    now = parse_rfc3339("2026-11-27T22:50:00Z")
    [block] = until_a_time(PLACE, now, ZONE)["blocks"]
    assert block["element"]["initial_time"] == "00:45"


def test_slack_opens_them_all() -> None:
    """However long the details are."""
    for view in (
        until_a_time(PLACE, 0, ZONE),
        muting(PLACE),
        telling("line\n" * 2000),
    ):
        check_view(view)
