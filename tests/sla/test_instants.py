"""Instants: whole milliseconds inside, RFC 3339 outside."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.sla.instants import from_ms, parse_rfc3339, rfc3339, to_ms

milliseconds = st.integers(-2_000_000_000_000, 10_000_000_000_000)


@given(milliseconds)
def test_a_millisecond_survives(ms):
    """From milliseconds and back through both forms, exactly."""
    assert to_ms(from_ms(ms)) == ms
    assert parse_rfc3339(rfc3339(ms)) == ms


@given(milliseconds, st.integers(0, 999))
def test_finer_parts_are_cut(ms, microseconds):
    """Microseconds are cut towards the past, before 1970 too."""
    assert to_ms(from_ms(ms) + timedelta(microseconds=microseconds)) == ms


def test_milliseconds_are_always_written():
    """A whole second is written with its zeros."""
    assert rfc3339(1_795_424_400_000) == "2026-11-23T09:00:00.000Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T09:00:00Z",
        "2026-11-23T10:00:00+01:00",
        "2026-11-22T19:30:00.000-13:30",
    ],
)
def test_any_offset_is_read(text):
    """The same instant whatever the offset it is told with."""
    assert parse_rfc3339(text) == 1_795_424_400_000


@pytest.mark.parametrize("text", ["2026-11-23T09:00:00", "2026-11-23", "soon", ""])
def test_what_has_no_offset_is_no_instant(text):
    """A time without an offset could be anywhere and is refused."""
    with pytest.raises(ValueError, match=r"offset|isoformat"):
        parse_rfc3339(text)


def test_a_day_of_23_hours_is_one():
    """Over a change of the clocks the difference is what a stopwatch shows."""
    winter = datetime(2026, 3, 29, 0, 0, tzinfo=timezone(timedelta(hours=1)))
    summer = datetime(2026, 3, 30, 0, 0, tzinfo=timezone(timedelta(hours=2)))

    assert to_ms(summer) - to_ms(winter) == 23 * 3_600_000
    assert to_ms(datetime(1970, 1, 1, tzinfo=UTC)) == 0
