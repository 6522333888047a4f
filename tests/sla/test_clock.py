"""Clocks by hand: what counts, when a point is reached, pausing and reopening."""

from msgspec.structs import replace

from stream.sla import clock as clocks
from stream.sla.facts import Measure, Reason
from stream.sla.hours import AlwaysOpen
from stream.sla.instants import HOUR, MINUTE, parse_rfc3339
from stream.sla.opening_hours import OpeningHours
from stream.sla.policy import Policy, Target

OFFICE = OpeningHours("office", "UTC", (((540, 1020),),) * 5 + ((), ()))
"""09:00 to 17:00, Monday to Friday."""
POLICY = Policy(name="all", match={}, targets=())


def at(clock: str, day: int = 2) -> int:
    """Of March 2026; the second is a Monday."""
    return parse_rfc3339(f"2026-03-{day:02}T{clock}:00Z")


def started(within: int, *, measure=Measure.RESOLUTION, begin: str = "09:00", **target):
    promise = Target(measure=measure, within=within, **target)
    return clocks.start(promise, POLICY, "v1", OFFICE, at(begin))


def test_a_target_is_used_up_in_open_time():
    clock = started(10 * HOUR, warn_shares=(50,), warn_before=(HOUR,))

    assert clock.deadline == at("11:00", 3)
    assert clock.points == (5 * HOUR, 9 * HOUR, 10 * HOUR)
    assert clocks.reaches(clock, 9 * HOUR, OFFICE) == at("10:00", 3)
    assert clocks.counted(clock, at("10:00", 3), OFFICE) == 9 * HOUR


def test_business_days_count_days_and_not_hours():
    clock = started(0, begin="15:00", business_days=2)

    assert clock.deadline == at("15:00", 4)
    assert clock.points == (16 * HOUR,)


def test_a_pause_moves_the_deadline_by_its_open_time():
    paused = clocks.pause(started(4 * HOUR), at("11:00"))
    resumed = clocks.resume(paused, at("10:00", 3), OFFICE)

    assert (paused.deadline, paused.paused_at) == (at("13:00"), at("11:00"))
    assert clocks.counted(paused, at("16:00"), OFFICE) == 2 * HOUR
    assert clocks.counted(paused, at("10:30"), OFFICE) == 90 * MINUTE
    assert (resumed.deadline, resumed.paused_at) == (at("12:00", 3), None)
    assert clocks.counted(resumed, at("11:00", 3), OFFICE) == 3 * HOUR


def test_two_pauses_add_up():
    clock = started(4 * HOUR)
    for pause, resume in (("10:00", "11:00"), ("12:00", "13:00")):
        clock = clocks.resume(clocks.pause(clock, at(pause)), at(resume), OFFICE)

    assert clock.deadline == at("15:00")
    assert clock.stretches == ((at("09:00"), at("10:00")), (at("11:00"), at("12:00")))
    assert clocks.reaches(clock, 30 * MINUTE, OFFICE) == at("09:30")
    assert clocks.reaches(clock, 90 * MINUTE, OFFICE) == at("11:30")
    assert clocks.reaches(clock, 2 * HOUR, OFFICE) == at("13:00")  # not yet at 12:00
    assert clocks.counted(clock, at("14:00"), OFFICE) == 3 * HOUR


def test_a_pause_holds_after_the_breach():
    """The verdict stands, and the paused time counts nowhere (2.8)."""
    paused = clocks.pause(started(HOUR), at("10:30"))
    clock = clocks.resume(paused, at("12:00"), OFFICE)

    assert paused.breaks_at == clock.deadline == at("10:00")
    assert clocks.counted(clock, at("13:00"), OFFICE) == 2 * HOUR + 30 * MINUTE
    assert clocks.late_by(clock, HOUR, OFFICE) == at("12:30")


def test_a_pause_at_the_very_deadline_is_too_late():
    """It moves nothing (6.2); a millisecond before, the rest is left."""
    clock = started(HOUR)

    assert clocks.pause(clock, at("10:00")).breaks_at == at("10:00")
    assert clocks.pause(clock, at("10:00") - 1).breaks_at is None


def test_the_time_between_resolved_and_reopened_does_not_count():
    """In time or late: the deadline of the one moves, of the other stays (2.4)."""
    for over, deadline in (("11:00", at("15:00")), ("14:00", at("13:00"))):
        ended = clocks.end(
            started(4 * HOUR), at(over), answered=True, reason=Reason.RESOLVED
        )
        clock = clocks.reopen(ended, at(over) + 2 * HOUR, OFFICE)

        assert (clock.over_at, clock.answered, clock.reason) == (None, False, None)
        assert clock.deadline == deadline
        counted = clocks.counted(clock, at(over) + 3 * HOUR, OFFICE)
        assert counted == at(over) - at("09:00") + HOUR


def test_one_resolved_while_it_was_paused_counts_until_the_pause():
    paused = clocks.pause(started(4 * HOUR), at("10:00"))
    ended = clocks.end(paused, at("12:00"), answered=True, reason=Reason.RESOLVED)
    clock = clocks.reopen(ended, at("13:00"), OFFICE)

    assert clock.stretches == ((at("09:00"), at("10:00")),)
    assert (clock.paused_at, clock.deadline) == (None, at("16:00"))


def test_an_end_says_by_whom():
    clock = clocks.end(started(HOUR), at("09:30"), answered=True, author="agent:7")

    assert (clock.over_at, clock.author) == (at("09:30"), "agent:7")
    assert started(HOUR).over_at is None


def test_a_window_counts_from_the_latest_words_until_it_has_closed():
    window = Target(measure=Measure.WINDOW, within=24 * HOUR, warn_shares=(50,))
    clock = clocks.start(window, POLICY, "v1", AlwaysOpen(), at("09:00"))
    clock = replace(clock, warned=1)

    extended = clocks.extend(clock, at("09:00", 3))
    assert (extended.deadline, extended.since) == (at("09:00", 4), at("09:00", 3))
    assert (extended.started_at, extended.warned) == (at("09:00"), 0)
    assert clocks.extend(clock, at("09:01", 3)) is clock
