"""Rule 3.6: a silent source is not a green one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.sla.hours import AlwaysOpen
from stream.sla.instants import HOUR, MINUTE, parse_rfc3339
from stream.sla.opening_hours import OpeningHours
from stream.sla.silence import is_silent

OFFICE = OpeningHours("office", "UTC", (((540, 1020),),) * 5 + ((), ()))
"""09:00 to 17:00, Monday to Friday."""


def at(clock: str, day: int = 2) -> int:
    """Of March 2026; the second is a Monday."""
    return parse_rfc3339(f"2026-03-{day:02}T{clock}:00Z")


@pytest.mark.parametrize(
    ("heard", "now", "silent"),
    [
        (at("10:00"), at("10:29"), False),
        (at("10:00"), at("10:30"), True),  # so long, to the minute
        (at("16:50"), at("17:20"), False),  # closed: nobody expects a word
        (at("16:50"), at("09:19", 3), False),  # a night does not count ...
        (at("16:50"), at("09:20", 3), True),  # ... and the rest of it does
        (at("12:00"), at("20:00"), False),  # silent since noon, and closed by now
        (at("16:50", 6), at("12:00", 8), False),  # a Sunday
        (at("10:30"), at("10:00"), False),  # its clock is ahead of ours
    ],
)
def test_open_time_without_an_event_is_silence(heard, now, silent):
    assert is_silent(heard, now, OFFICE, 30 * MINUTE) is silent


@given(st.integers(0, 100 * HOUR), st.integers(1, 50 * HOUR))
def test_who_is_always_open_is_silent_after_so_long(waited, after):
    now = at("10:00")
    assert is_silent(now - waited, now, AlwaysOpen(), after) is (waited >= after)
