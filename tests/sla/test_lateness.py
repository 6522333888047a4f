"""How late a clock is: open time since its deadline, pauses left out (2.8, 4.8)."""

import pytest
from msgspec.structs import replace

from stream.sla.clock import Clock, late_by, pause, promised, resume, start
from stream.sla.facts import Measure
from stream.sla.hours import AlwaysOpen
from stream.sla.instants import HOUR, MINUTE
from stream.sla.lateness import lateness
from stream.sla.memory import _folded
from stream.sla.opening_hours import OpeningHours
from stream.sla.policy import Policy, PolicyBook, Rules, Target

ALWAYS = AlwaysOpen()
OFFICE = OpeningHours("office", "UTC", (((9 * 60, 17 * 60),),) * 7)
NINE = 1_700_000_000_000 // (24 * HOUR) * 24 * HOUR + 9 * HOUR
TARGET = Target(measure=Measure.RESOLUTION, within=60 * MINUTE)
ALL = Policy(name="all", match={}, targets=(TARGET,))


def at(minute: float) -> int:
    return NINE + round(minute * MINUTE)


def clock(calendar=ALWAYS) -> Clock:
    """An hour from nine."""
    return start(TARGET, ALL, "v1", calendar, at(0))


def paused(clock: Clock, begin: float, end: float, calendar=ALWAYS) -> Clock:
    return resume(pause(clock, at(begin)), at(end), calendar)


LATE = {
    "Before the deadline and at it, not at all.": (clock(), {0: 0, 59: 0, 60: 0}),
    "After it, since then.": (clock(), {61: 1, 300: 240}),
    "A pause before it moves the deadline.": (paused(clock(), 10, 40), {90: 0, 95: 5}),
    "A pause after it does not count.": (
        paused(clock(), 70, 100),
        {65: 5, 70: 10, 85: 10, 100: 10, 110: 20},
    ),
    "Nor does one that lasts.": (pause(clock(), at(75)), {70: 10, 75: 15, 500: 15}),
    "At night it stands still.": (
        clock(OFFICE),
        {480: 420, 900: 420, 24 * 60: 420, 24 * 60 + 1: 421},
    ),
    "What was promised too late to be kept is late from then on (2.11).": (
        promised(clock(), at(200)),
        {200: 0, 230: 30},
    ),
    "A window is late since its deadline, whenever the customer's wait began.": (
        replace(clock(), measure=Measure.WINDOW, since=at(30), deadline=at(90)),
        {90: 0, 100: 10},
    ),
}


@pytest.mark.parametrize(("late", "wanted"), LATE.values(), ids=LATE.keys())
def test_how_late(late, wanted):
    """In minutes, at minutes after nine."""
    calendar = OFFICE if late.calendar == "office" else ALWAYS
    found = {m: lateness(late, at(m), calendar) / MINUTE for m in wanted}

    assert found == wanted


@pytest.mark.parametrize("calendar", [ALWAYS, OFFICE], ids=lambda c: c.name)
@pytest.mark.parametrize("minutes", [1, 9, 10, 11, 400, 1000])
def test_it_is_what_an_escalation_waits_for(calendar, minutes):
    """At the instant that the rules call `minutes` late it is so late."""
    late = paused(paused(clock(calendar), 70, 100, calendar), 130, 300, calendar)
    instant = late_by(late, minutes * MINUTE, calendar)

    assert lateness(late, instant, calendar) == minutes * MINUTE


def test_it_is_the_same_when_memory_folds_its_pauses():
    """Of a conversation that is paused for ever old stretches are kept as a sum."""
    rules = Rules(
        book=PolicyBook((ALL,), "v1"), queues={}, session_gap=0, allowed_lateness=0
    )
    late = clock()
    for number in range(10):
        late = paused(late, 70 + 20 * number, 80 + 20 * number)
    folded = _folded(late, at(1000), rules)
    assert folded.folded

    for minute in (300, 1000):
        expected = lateness(late, at(minute), ALWAYS)
        assert lateness(folded, at(minute), ALWAYS) == expected > 0
    for minutes in (110, 111, 500):  # what is early is forgotten
        ms = minutes * MINUTE
        assert late_by(folded, ms, ALWAYS) == late_by(late, ms, ALWAYS)
