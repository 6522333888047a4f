"""Opening hours, worked out by hand, and against an oracle from another hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours as Oracle
from opening_hours import State

from stream.sla.hours import AlwaysOpen
from stream.sla.instants import HOUR, MINUTE, from_ms, to_ms
from stream.sla.opening_hours import NEVER, OpeningHours

NINE_TO_FIVE = ((9 * 60, 17 * 60),)
LUNCH = ((9 * 60, 12 * 60 + 30), (13 * 60, 17 * 60 + 30))
WEEKDAYS = (NINE_TO_FIVE,) * 5 + ((), ())

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Chicago",
    "America/Godthab",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Miquelon",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Budapest",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Auckland",
    "Pacific/Chatham",
]


def at(text: str, zone: str = "Europe/Budapest") -> int:
    """`2026-03-27 17:50` in the zone."""
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def said(instant: int, zone: str = "Europe/Budapest") -> str:
    return from_ms(instant).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def hours(week=WEEKDAYS, zone="Europe/Budapest", **more) -> OpeningHours:
    return OpeningHours("office", zone, week, **more)


DEADLINES = {
    "within a day": ("2026-11-23 10:00", 15, "2026-11-23 10:15"),
    "the very close": ("2026-11-23 16:45", 15, "2026-11-23 17:00"),
    "over the night": ("2026-11-23 16:50", 15, "2026-11-24 09:05"),
    "over the weekend, and summer time begins": (
        *("2026-03-27 16:50", 15),
        "2026-03-30 09:05",
    ),
    "from closed time": ("2026-11-22 12:00", 15, "2026-11-23 09:15"),
    "from the very close": ("2026-11-23 17:00", 15, "2026-11-24 09:15"),
    "from the very open": ("2026-11-23 09:00", 15, "2026-11-23 09:15"),
    "two days of eight hours": ("2026-11-23 09:00", 16 * 60, "2026-11-24 17:00"),
    "no time at all": ("2026-11-22 12:00", 0, "2026-11-22 12:00"),
}


@pytest.mark.parametrize("name", DEADLINES)
def test_deadlines(name):
    """The first instant at which the target is used up."""
    start, minutes, expected = DEADLINES[name]
    assert said(hours().deadline(at(start), minutes * MINUTE)) == expected


def test_a_lunch_break_does_not_count():
    """Several windows a day."""
    lunch = hours((LUNCH,) * 7)
    start = at("2026-11-23 12:20")

    assert said(lunch.deadline(start, 15 * MINUTE)) == "2026-11-23 13:05"
    assert lunch.elapsed(start, at("2026-11-23 13:10")) == 20 * MINUTE
    assert lunch.open_intervals(start, at("2026-11-23 13:10")) == [
        (at("2026-11-23 12:20"), at("2026-11-23 12:30")),
        (at("2026-11-23 13:00"), at("2026-11-23 13:10")),
    ]


@pytest.mark.parametrize(
    ("night", "length"),
    [("2026-03-28", 7), ("2026-10-24", 9), ("2026-11-21", 8)],
)
def test_a_night_shift_is_as_long_as_the_night(night, length):
    """22:00 to 06:00 has seven hours when summer begins and nine when it ends."""
    shift = hours(((),) * 5 + (((22 * 60, 6 * 60),), ()))
    start = at(f"{night} 12:00")

    assert shift.elapsed(start, start + 24 * HOUR) == length * HOUR
    assert shift.is_open(at(f"{night} 23:00"))
    assert not shift.is_open(start)


def test_a_window_that_the_clocks_skip_is_none():
    """02:30 to 03:00 in the night that has no 02:30: closed, and no time is lost."""
    early = hours((((150, 180),),) * 7)
    midnight = at("2026-03-29 00:00")

    assert early.elapsed(midnight, midnight + 12 * HOUR) == 0
    assert not early.is_open(at("2026-03-29 03:15"))
    assert said(early.deadline(midnight, MINUTE)) == "2026-03-30 02:31"


def test_a_holiday_is_closed_and_a_date_beats_it():
    """Christmas is off; on the 24th there is half a day, and on the 26th a shift."""
    christmas = frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)})
    office = hours(
        holidays=lambda year: christmas if year == 2026 else frozenset(),
        days={
            date(2026, 12, 24): ((9 * 60, 12 * 60),),
            date(2026, 12, 26): ((10 * 60, 11 * 60),),
        },
    )
    start = at("2026-12-24 11:50")

    assert said(office.deadline(start, 15 * MINUTE)) == "2026-12-26 10:05"
    assert said(office.deadline(start, 75 * MINUTE)) == "2026-12-28 09:05"


def test_overlapping_and_touching_windows_count_once():
    """09:00-13:00, 12:00-15:00 and 15:00-16:00 are seven hours."""
    messy = hours((((540, 780), (720, 900), (900, 960)),) * 7)

    assert messy.elapsed(at("2026-11-23 00:00"), at("2026-11-24 00:00")) == 7 * HOUR
    assert (
        len(messy.open_intervals(at("2026-11-23 00:00"), at("2026-11-24 00:00"))) == 1
    )


def test_open_all_day_every_day_is_wall_time():
    """00:00-24:00 through a change of the clocks."""
    always = hours((((0, 1440),),) * 7)
    start, end = at("2026-03-28 12:00"), at("2026-03-30 12:00")

    assert always.elapsed(start, end) == end - start == 47 * HOUR
    assert always.deadline(start, 47 * HOUR) == end


def test_what_is_never_open_has_no_deadline():
    """And nobody waits for it for ever."""
    closed = hours(((),) * 7)

    assert closed.is_never_open
    assert closed.deadline(at("2026-11-23 09:00"), MINUTE) == NEVER
    assert closed.business_days(at("2026-11-23 09:00"), 1) == NEVER
    assert closed.elapsed(at("2026-11-23 09:00"), at("2027-11-23 09:00")) == 0


def test_open_on_one_day_only():
    """What that day does not hold is never reached."""
    once = hours(((),) * 7, days={date(2030, 1, 2): ((540, 600),)})

    assert said(once.deadline(at("2026-11-23 09:00"), HOUR)) == "2030-01-02 10:00"
    assert once.deadline(at("2026-11-23 09:00"), HOUR + 1) == NEVER


BUSINESS_DAYS = {
    "the same time on the next day": ("2026-11-23 10:00", 1, "2026-11-24 10:00"),
    "over the weekend": ("2026-11-27 16:00", 1, "2026-11-30 16:00"),
    "from the weekend": ("2026-11-28 12:00", 1, "2026-12-01 09:00"),
    "to a shorter day: its close": ("2026-12-30 16:00", 1, "2026-12-31 13:00"),
    "over a holiday": ("2026-12-31 12:00", 2, "2027-01-05 12:00"),
    "none: the next opening": ("2026-11-28 12:00", 0, "2026-11-30 09:00"),
}


@pytest.mark.parametrize("name", BUSINESS_DAYS)
def test_business_days(name):
    """The same local time so many open days later."""
    office = hours(
        holidays=lambda year: frozenset({date(year, 1, 1)}),
        days={date(2026, 12, 31): ((540, 780),)},
    )
    start, days, expected = BUSINESS_DAYS[name]
    assert said(office.business_days(at(start), days)) == expected


def test_a_time_that_the_clocks_skip_moves_forward():
    """02:30 does not exist on 29 March 2026 in Budapest."""
    early = hours((((150, 600),),) * 7)

    (window,) = early.open_intervals(at("2026-03-29 00:00"), at("2026-03-29 12:00"))
    assert said(window[0]) == "2026-03-29 03:30"


def test_a_zone_that_skipped_a_day():
    """Apia had no 30 December 2011: a Friday less."""
    apia = hours(zone="Pacific/Apia")
    start, end = (
        at("2011-12-29 00:00", "Pacific/Apia"),
        at("2012-01-01 00:00", "Pacific/Apia"),
    )

    assert apia.elapsed(start, end) == 8 * HOUR


def test_the_table_grows_in_both_directions():
    """Asked about another century first."""
    office = hours()
    far = office.elapsed(at("2090-01-02 00:00"), at("2090-01-03 00:00"))

    assert far == 8 * HOUR
    assert office.elapsed(at("1999-11-23 00:00"), at("1999-11-24 00:00")) == 8 * HOUR


def test_always_open_is_wall_time():
    """The calendar of who never closes."""
    always = AlwaysOpen()

    assert (always.elapsed(5, 9), always.elapsed(9, 5)) == (4, 0)
    assert (always.deadline(5, 4), always.business_days(0, 2)) == (9, 48 * HOUR)
    assert always.open_intervals(5, 9) == [(5, 9)]
    assert always.is_open(0)


# Edges are outside the hours that clocks skip or repeat: the oracle decides those
# in its own way, and the tests above show ours.
edges = st.integers(5 * 12, 23 * 12).map(lambda fives: fives * 5)
spans = st.tuples(edges, edges).filter(lambda span: span[0] != span[1])
weeks = st.tuples(*[st.lists(spans, max_size=3).map(tuple)] * 7)
instants = st.integers(
    to_ms(datetime(2024, 1, 1, tzinfo=UTC)), to_ms(datetime(2030, 12, 31, tzinfo=UTC))
)


def osm(week) -> str:
    """The week in OpenStreetMap's words; commas add, semicolons would override."""
    names = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    rules = [
        f"{name} {_clock(opens)}-{_clock(closes)}"
        for name, day in zip(names, week, strict=True)
        for opens, closes in day
    ]
    return ", ".join(rules) or "off"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@settings(max_examples=60, deadline=None)
@given(week=weeks, zone=st.sampled_from(ZONES), start=instants)
def test_open_time_is_the_oracles(week, zone, start):
    """Three weeks of random opening hours, in random zones."""
    place = ZoneInfo(zone)
    begin = from_ms(start).astimezone(place).replace(second=0, microsecond=0)
    end = (begin.astimezone(UTC) + timedelta(days=21)).astimezone(place)
    expected = sum(
        to_ms(closes) - to_ms(opens)
        for opens, closes, state, _ in Oracle(osm(week), timezone=place).intervals(
            begin, end
        )
        if state == State.OPEN
    )

    assert hours(week, zone).elapsed(to_ms(begin), to_ms(end)) == expected


@settings(max_examples=60, deadline=None)
@given(
    week=weeks.filter(any),
    zone=st.sampled_from(ZONES),
    start=instants,
    steps=st.tuples(st.integers(0, 40 * HOUR), st.integers(0, 40 * HOUR)),
)
def test_open_time_is_monotone_additive_and_inverse_to_deadlines(
    week, zone, start, steps
):
    """What a clock needs of a calendar."""
    office = hours(week, zone)
    middle, end = start + steps[0], start + steps[0] + steps[1]
    whole = office.elapsed(start, end)

    assert whole == office.elapsed(start, middle) + office.elapsed(middle, end)
    assert 0 <= office.elapsed(start, middle) <= whole <= end - start
    deadline = office.deadline(start, steps[1])
    assert office.elapsed(start, deadline) == steps[1]
    if steps[1]:
        assert office.elapsed(start, deadline - 1) == steps[1] - 1
    intervals = office.open_intervals(start, end)
    assert sum(b - a for a, b in intervals) == whole


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clocks(zone):
    """Open 00:00-24:00 and 08:00-20:00 over each change of 2024 to 2030."""
    place = ZoneInfo(zone)
    always = hours((((0, 1440),),) * 7, zone)
    day = hours((((480, 1200),),) * 7, zone)
    moment = datetime(2024, 1, 1, 12, tzinfo=UTC)
    while moment.year <= 2030:
        after = moment + timedelta(days=1)
        if moment.astimezone(place).utcoffset() != after.astimezone(place).utcoffset():
            start, end = to_ms(moment), to_ms(after)
            minutes = range(start, end, MINUTE)
            local = [from_ms(m).astimezone(place) for m in minutes]
            assert always.elapsed(start, end) == 24 * HOUR
            assert day.elapsed(start, end) == MINUTE * sum(
                8 <= m.hour < 20 for m in local
            )
        moment = after


def test_always_open_has_days_of_24_hours():
    """A business day where nothing closes."""
    start = to_ms(datetime(2026, 3, 28, 9, 30, tzinfo=UTC)) + 1

    assert AlwaysOpen().business_days(start, 2) - start == 2 * 86_400_000
