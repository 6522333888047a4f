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
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from stream.sla.clock import Clock, reaches
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
from stream.sla.policy import Escalation


class News(Struct, frozen=True, gc=False):
    """Why something is told now: event time, and the reason of what is taken back.

    `is_of_holders`: it says who held the work, so that a verdict may count for
    another (semantics 2.12).
    """

    at: int
    reason: Reason
    event_id: str | None = None
    is_of_holders: bool = False


class Step(Struct, frozen=True, gc=False):
    """One fact about a clock, before it gets its envelope.

    `at` is the event time of the cause. `waited` runs from the start to `until`.
    """

    kind: FactKind
    at: int
    until: int
    author: str | None = None
    reason: Reason | None = None
    replaces: Verdict | None = None
    to: str | None = None


Clocks = tuple[Clock, ...]


def is_quiet(new: Clocks, told: Clocks, settled: int, news: News) -> bool:
    """Whether nothing is to be said of a session's clocks, as it is after most events.

    The course hands on what it did not touch, so they are the very ones that were told.
    """
    untouched = new is told and not news.is_of_holders
    return untouched and not any(is_due(clock, settled) for clock in told)


def is_due(told: Clock, settled: int) -> bool:
    return told.due is not None and told.due <= settled


def begin(new: Clock) -> tuple[Clock, Step]:
    """A clock that nobody was told of: as it was when it started, and its fact."""
    at = new.started_at
    if new.over_at is None and new.paused_at is None and not new.stretches:
        return new, Step(FactKind.CLOCK_STARTED, at, at)
    told = replace(
        new,
        since=at,
        stretches=(),
        paused_at=None,
        over_at=None,
        answered=False,
        author=None,
        reason=None,
    )
    return told, Step(FactKind.CLOCK_STARTED, at, at)


def carried(told: Clock, new: Clock) -> Clock:
    """`new`, walked anew from the timeline, with what was told of it before."""
    # Other points are another promise, of which `advance` warns anew.
    same = told.measure is not WINDOW or told.since == new.since
    carried = replace(
        new,
        warned=told.warned if same else 0,
        verdict=told.verdict,
        escalated=told.escalated,
        due=told.due,
    )
    return told if carried == told else carried


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
    verdict = _verdict(told, new, settled)
    steps += _take_back(told, new, verdict, news)
    steps += _paused_or_resumed(told, new)
    passed = settled if new.over_at is None else new.over_at - 1
    if new.paused_at is not None:
        passed = min(passed, new.paused_at)
    warned = 0 if changed else new.warned
    # A point that another policy put into the past is no news.
    news_from = at if changed else 0
    while warned < len(new.points) - 1 and told.verdict is None:
        point = reaches(new, new.points[warned], calendar)
        if point > passed:
            break
        if point >= news_from:
            steps.append(Step(FactKind.WARNED, point, point))
        warned += 1
    steps += _broken(told, new, verdict)
    escalated = new.escalated
    if verdict is BREACHED and new.measure is not WINDOW:
        for step in escalate[escalated:]:
            point = calendar.deadline(new.deadline, step.after)
            if point > passed:
                break
            steps.append(Step(FactKind.ESCALATED, point, point, to=step.to))
            escalated += 1
    steps += _concluded(told, new, verdict)
    moved = replace(new, warned=warned, verdict=verdict, escalated=escalated)
    return replace(moved, due=_due(moved, calendar, escalate)), steps


def _promise(clock: Clock) -> tuple[str, str, tuple[int, ...]]:
    return clock.policy, clock.calendar, clock.points


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


def given_at(clock: Clock) -> int | None:
    """The instant of its verdict, which says whose it is (semantics 2.12)."""
    return clock.deadline if clock.verdict is BREACHED else clock.over_at


def restated(clock: Clock) -> Step | None:
    """The verdict that stands once more, now that others held the work."""
    at = given_at(clock)
    if clock.verdict is None or at is None:
        return None
    kind = FactKind(clock.verdict.value)
    if clock.verdict is BREACHED:
        return Step(kind, at, at, replaces=clock.verdict)
    return Step(kind, at, at, clock.author, clock.reason, clock.verdict)


def _due(
    clock: Clock, calendar: Calendar, escalate: tuple[Escalation, ...]
) -> int | None:
    """The next instant at which this clock has something to conclude."""
    if clock.over_at is not None or clock.paused_at is not None:
        return None
    if clock.verdict is None:
        if clock.warned == len(clock.points) - 1:
            return clock.deadline
        return reaches(clock, clock.points[clock.warned], calendar)
    if clock.measure is WINDOW or clock.escalated >= len(escalate):
        return None
    return calendar.deadline(clock.deadline, escalate[clock.escalated].after)


def _paused_or_resumed(told: Clock, new: Clock) -> Iterator[Step]:
    if new.paused_at is not None:
        if told.paused_at != new.paused_at:
            yield Step(FactKind.CLOCK_PAUSED, new.paused_at, new.paused_at)
    elif told.paused_at is not None:
        # Late news may say that it never paused: then it went on at once.
        at = new.since if new.since != told.since else told.paused_at
        yield Step(FactKind.CLOCK_RESUMED, at, at)
    elif (
        new.measure is RESOLUTION
        and told.answered
        and new.answered
        and new.since != told.since
    ):
        # Late news says that it was reopened in between.
        at = new.since
        yield Step(FactKind.CLOCK_RESUMED, at, at, reason=Reason.REOPENED)


def _verdict(told: Clock, clock: Clock, settled: int) -> Verdict | None:
    over_at = clock.over_at
    if over_at is None:
        if clock.paused_at is not None:
            return None
        # Told by a late reply that was none: its deadline has passed all the same.
        stands = told.verdict is BREACHED and clock.deadline <= told.deadline
        return BREACHED if stands or clock.deadline <= settled else None
    # A reply at the very deadline meets it (2.10), silence until then does not; a
    # paused clock never breaches.
    late = over_at > clock.deadline or (
        over_at == clock.deadline and clock.reason is Reason.LAPSED
    )
    if late and clock.paused_at is None:
        return BREACHED
    return MET if clock.answered else CANCELLED


def _take_back(
    told: Clock, new: Clock | None, verdict: Verdict | None, news: News
) -> Iterator[Step]:
    if told.verdict is None:
        return
    at, reason = news.at, news.reason
    stands = new is not None and new.over_at is not None and new.answered
    if told.answered and not (stands and told.verdict is verdict):
        replaces = MET if told.verdict is MET else None
        if replaces or not stands:
            kind, until = FactKind.REPLY_RETRACTED, told.over_at or at
            if told.measure is RESOLUTION:
                kind, reason = FactKind.CLOCK_RESUMED, Reason.REOPENED
            yield Step(kind, at, until, None, reason, replaces)
    if told.verdict is BREACHED and verdict is not BREACHED:
        if new is not None and new.over_at is not None:
            at, reason = new.over_at, new.reason or Reason.REPLY
        yield Step(FactKind.BREACH_RETRACTED, at, at, None, reason, BREACHED)
    if told.verdict is CANCELLED and verdict is None:
        yield Step(
            FactKind.CLOCK_STARTED, told.started_at, at, None, reason, told.verdict
        )


def _broken(told: Clock, new: Clock, verdict: Verdict | None) -> Iterator[Step]:
    due = new.deadline
    if verdict is not BREACHED:
        return
    if told.verdict is not verdict or told.deadline != due:
        # "Met" was taken back above.
        replaces = None if told.verdict is MET else told.verdict
        yield Step(FactKind.BREACHED, due, due, replaces=replaces)


def _concluded(told: Clock, new: Clock, verdict: Verdict | None) -> Iterator[Step]:
    at = new.over_at
    if at is None:
        return
    same_end = told.over_at == at and told.answered == new.answered
    if same_end and told.verdict is verdict and told.author == new.author:
        return
    if verdict is BREACHED:
        kind = FactKind.ANSWERED_LATE if new.answered else FactKind.WAIT_ENDED
        yield Step(kind, at, at, new.author, new.reason)
        return
    # Restating a verdict, or giving one where "cancelled" stood, replaces it; "met"
    # that became something else was taken back above.
    kept = told.verdict in (verdict, CANCELLED)
    replaces = told.verdict if kept else None
    kind = FactKind.MET if verdict is MET else FactKind.CANCELLED
    yield Step(kind, at, at, new.author, new.reason, replaces)
