"""Verdicts: what of a clock is to be said now, given what was said before.

A clock's place is a pair: the verdict that stands, and how the wait ended. The
course says where the clock is (`new`); `advance` walks there from where the world
was told it is (`told`), and each step is a fact:

    running ──reply in time──▶ met            breached ──reply in time came to light──▶
       │  └──close in time──▶ cancelled           breach_retracted, met
       └──deadline──▶ breached ──reply──▶ answered_late
                          └──close──▶ wait_ended

Taking a reply back (its delivery failed) walks the same way in reverse, so no
transition is special to the order in which news arrived (semantics 2.2, 3.4).

A point is concluded when it is settled, whoever asks (6.13). Until then a wait that
ended after it is *pending*: nothing is said of its end, so facts come in their order.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from stream.sla.clock import Clock, late_by, reaches
from stream.sla.facts import (
    BREACHED,
    CANCELLED,
    MET,
    RESOLUTION,
    WINDOW,
    FactKind,
    Reason,
    Verdict,
)
from stream.sla.hours import Calendar
from stream.sla.pauses import turned
from stream.sla.policy import Escalation
from stream.sla.statements import Step, end_of, is_answer_told


class News(Struct, frozen=True, gc=False):
    """Why something is told now: event time, and the reason of what is taken back.

    `arrived`: when it came, in ms; 0 where time alone passed. `overdue`: instants up to
    it are so long ago that a breach that is told already may be dated there at once.
    `is_of_holders`: it says who held the work, so that a verdict may count for another
    (2.12).
    """

    at: int
    reason: Reason
    arrived: int = 0
    overdue: int = 0
    event_id: str | None = None
    is_of_holders: bool = False


Clocks = tuple[Clock, ...]


def is_quiet(new: Clocks, told: Clocks, settled: int, news: News) -> bool:
    """Whether nothing is to be said of a session's clocks, as it is after most events.

    The course hands on what it did not touch, so they are the very ones that were told.
    """
    if new is not told or news.is_of_holders:
        return False
    for clock in told:  # noqa: SIM110  for each event
        if is_due(clock, settled):
            return False
    return True


def is_due(told: Clock, settled: int) -> bool:
    return told.due is not None and told.due <= settled


def advance(  # noqa: PLR0917  for each clock of each event
    told: Clock,
    new: Clock,
    settled: int,
    news: News,
    calendar: Calendar,
    escalate: tuple[Escalation, ...],
) -> tuple[Clock, list[Step]]:
    """Walk `told` to where `new` is; the steps are facts, in order.

    `settled`: deadlines and warning points up to this instant have passed for sure.
    """
    at = news.at
    steps: list[Step] = []
    changed = _promise(new) != _promise(told)
    if changed:
        steps.append(Step(FactKind.POLICY_CHANGED, at, at))
    if told.verdict is BREACHED:
        settled = max(settled, news.overdue)
    passed = min(settled, _runs_until(new))
    warned, warnings = 0 if changed else new.warned, list[Step]()
    if told.verdict is None:
        warned, warnings = _warnings(new, warned, passed, calendar)
    now = replace(new, warned=warned, verdict=None)
    verdict = _verdict(told, now, settled, calendar)
    steps += _take_back(told, new, verdict, news)
    steps += turned(told, new)
    steps += warnings
    if verdict is BREACHED and told.verdict is not BREACHED:
        # "Met" was taken back above.
        replaces = None if told.verdict is MET else told.verdict
        due = new.deadline
        steps.append(Step(FactKind.BREACHED, due, due, replaces=replaces))
    escalated = new.escalated
    if verdict is BREACHED and new.measure is not WINDOW:
        for step in escalate[escalated:]:
            point = late_by(new, step.after, calendar)
            if point > passed:
                break
            steps.append(Step(FactKind.ESCALATED, point, point, to=step.to))
            escalated += 1
    now = replace(now, verdict=verdict, escalated=escalated)
    due_at = _due(now, calendar, escalate)
    is_pending = due_at is not None and now.over_at is not None
    if not is_pending:
        steps += _concluded(told, now)
    return replace(now, due=due_at, is_pending=is_pending), steps


def _warnings(
    clock: Clock, warned: int, passed: int, calendar: Calendar
) -> tuple[int, list[Step]]:
    """The points after the first `warned` that were passed, and how many those are."""
    steps = []
    while warned < len(clock.points) - 1:
        point = reaches(clock, clock.points[warned], calendar)
        if point >= clock.promised_at:  # before, it was nobody's promise
            if point > passed:
                break
            steps.append(Step(FactKind.WARNED, point, point))
        warned += 1
    return warned, steps


def _promise(clock: Clock) -> tuple[str, str, tuple[int, ...]]:
    return clock.policy, clock.calendar, clock.points


def _runs_until(clock: Clock) -> int:
    """The last instant at which a point finds the clock running."""
    until = _ENDLESS if clock.over_at is None else clock.over_at - 1
    return until if clock.paused_at is None else min(until, clock.paused_at)


def withdraw(clock: Clock, news: News) -> list[Step]:
    """The cycle never was: an earlier message of the same session came to light.

    Its `cancelled` has the reason `superseded` and is no verdict.
    """
    cancelled = clock.verdict is CANCELLED
    steps = [] if cancelled else list(_take_back(clock, None, None, news))
    replaces = CANCELLED if cancelled else None
    at = clock.started_at
    return [
        *steps,
        Step(FactKind.CANCELLED, at, at, None, Reason.SUPERSEDED, replaces),
    ]


def _due(
    clock: Clock, calendar: Calendar, escalate: tuple[Escalation, ...]
) -> int | None:
    """The next instant at which this clock has something to conclude."""
    until = _runs_until(clock)
    if clock.verdict is None:
        if clock.warned < len(clock.points) - 1:
            point = reaches(clock, clock.points[clock.warned], calendar)
            if point <= min(until, clock.deadline):
                return point
        ends_in_time = clock.over_at is not None and not clock.is_late
        return None if ends_in_time else clock.breaks_at
    if clock.verdict is not BREACHED or clock.measure is WINDOW:
        return None
    if clock.escalated >= len(escalate):
        return None
    point = late_by(clock, escalate[clock.escalated].after, calendar)
    return point if point <= until else None


def _verdict(
    told: Clock, clock: Clock, settled: int, calendar: Calendar
) -> Verdict | None:
    """What stands of `clock` now; None while nothing does."""
    breaks_at = clock.breaks_at
    if clock.over_at is not None and not clock.is_late:
        if told.verdict is None and _due(clock, calendar, ()) is not None:
            return None  # a warning comes before it
        return MET if clock.answered else CANCELLED
    if breaks_at is None:
        return None
    # Told by a late reply that was none: its deadline has passed all the same.
    stands = told.verdict is BREACHED and breaks_at <= told.deadline
    return BREACHED if stands or breaks_at <= settled else None


def _take_back(
    told: Clock, new: Clock | None, verdict: Verdict | None, news: News
) -> Iterator[Step]:
    if told.verdict is None:
        return
    at, reason = news.at, news.reason
    over_at = None if new is None else new.over_at
    if new is not None and new.reason is Reason.SPAM:
        reason = Reason.SPAM
    stands = new is not None and over_at is not None and new.answered
    if is_answer_told(told) and not (stands and told.verdict is verdict):
        replaces = MET if told.verdict is MET else None
        if replaces or not stands:
            kind, until = FactKind.REPLY_RETRACTED, told.over_at or at
            why = reason
            is_reopened = (
                new is None or over_at is None or (new.reopened_at != told.reopened_at)
            )
            if told.measure is RESOLUTION and is_reopened:
                kind, why = FactKind.CLOCK_RESUMED, Reason.REOPENED
            yield Step(kind, at, until, None, why, replaces)
    if told.verdict is BREACHED and verdict is not BREACHED:
        if new is not None and over_at is not None:
            at, reason = over_at, new.reason or Reason.REPLY
        yield Step(FactKind.BREACH_RETRACTED, at, at, None, reason, BREACHED)
    if told.verdict is CANCELLED and verdict is None:
        start = told.started_at
        yield Step(FactKind.CLOCK_STARTED, start, at, None, reason, CANCELLED)


def _concluded(told: Clock, new: Clock) -> Iterator[Step]:
    """The end of a wait, where it is another kind of end than was told, or none was."""
    at, verdict = new.over_at, new.verdict
    if at is None or verdict is None:
        return
    kind = end_of(new, verdict)
    is_told = told.over_at is not None and not told.is_pending
    if is_told and told.verdict is verdict and end_of(told, verdict) is kind:
        return  # the same end; what it says otherwise is told as restated
    # Giving a verdict where "cancelled" stood replaces it; "met" that became something
    # else was taken back above.
    replaces = CANCELLED if told.verdict is CANCELLED else None
    if verdict is BREACHED:
        replaces = None
    yield Step(kind, at, at, new.author, new.reason, replaces)


_ENDLESS = 1 << 62
