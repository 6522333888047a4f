"""Clocks: the stopwatch of one measure in one cycle, and what to say of it.

A clock's place is a pair: the verdict that stands, and how the wait ended. What the
timeline says now (`Outcome`) gives the place where the clock should be; `advance`
walks from where it is to there, and each step is a fact:

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

from stream.sla.events import AuthorKind
from stream.sla.facts import FactKind, Measure, Reason, Verdict
from stream.sla.policy import Policy, Target
from stream.sla.session import Session


class Clock(Struct, frozen=True, array_like=True, gc=False):
    """A clock as it was last told to the world. Instants in milliseconds.

    `warned` counts the warning points passed. `over_at` is when the wait ended and
    None while it runs; `answered` tells a reply from a close.
    """

    measure: Measure
    started_at: int
    deadline: int
    policy: str
    policy_version: str
    warn_at: tuple[int, ...]
    warned: int = 0
    verdict: Verdict | None = None
    over_at: int | None = None
    answered: bool = False

    @property
    def due(self) -> int | None:
        """The next instant at which this clock has something to conclude."""
        if self.over_at is not None or self.verdict is not None:
            return None
        return (
            self.warn_at[self.warned]
            if self.warned < len(self.warn_at)
            else (self.deadline)
        )


class Outcome(Struct, frozen=True, gc=False):
    """How the wait ended, by the timeline: a reply, or an end without one."""

    at: int
    author: str | None = None
    reason: Reason | None = None

    @property
    def is_reply(self) -> bool:
        return self.reason is None


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


def start(target: Target, policy: Policy, version: str, started_at: int) -> Clock:
    """A running clock; the deadline is the instant the target is used up."""
    return Clock(
        target.measure,
        started_at,
        started_at + target.within,
        policy.name,
        version,
        tuple([started_at + point for point in target.warn_at]),
    )


def first_reply_outcome(session: Session, policy: Policy) -> Outcome | None:
    """Semantics 2.1 and 2.7: the first human, delivered reply, or the session's end."""
    for turn in session.outbounds:
        author, nature = turn.author, turn.nature
        if author is not None and nature is not None and policy.counts(author, nature):
            name = turn.by if author is AuthorKind.AGENT else None
            return Outcome(turn.at, author=name)
    if session.ended_at is not None:
        return Outcome(session.ended_at, reason=session.end_reason)
    return None


def advance(
    clock: Clock, outcome: Outcome | None, settled: int, cause: tuple[int, Reason]
) -> tuple[Clock, list[Step]]:
    """Walk `clock` to where `outcome` puts it; the steps are facts, in order.

    `settled`: deadlines and warning points up to this instant have passed for sure.
    `cause`: event time and reason of the news, for what is taken back.
    """
    if _stands(clock, outcome, settled):
        return clock, []
    steps: list[Step] = []
    passed = settled if outcome is None else outcome.at - 1
    warned = clock.warned
    for point in clock.warn_at[warned:]:
        if point <= passed and clock.verdict is None:
            steps.append(Step(FactKind.WARNED, point, point))
            warned += 1
    verdict = _verdict(clock, outcome, settled)
    if clock.verdict is not None:
        steps.extend(_take_back(clock, verdict, outcome, cause))
    steps.extend(_conclude(clock, verdict, outcome))
    changed = replace(
        clock,
        warned=warned,
        verdict=verdict,
        over_at=outcome.at if outcome else None,
        answered=outcome is not None and outcome.is_reply,
    )
    return changed, steps


def _stands(clock: Clock, outcome: Outcome | None, settled: int) -> bool:
    """Whether `clock` is where `outcome` puts it, as it is after most events."""
    if outcome is not None:
        same_end = clock.over_at == outcome.at and clock.answered == outcome.is_reply
        return same_end and clock.verdict is not None
    if clock.over_at is not None:
        return False
    return (due := clock.due) is None or due > settled


def withdraw(clock: Clock, cause: tuple[int, Reason]) -> list[Step]:
    """The cycle never was: an earlier message of the same session came to light.

    Its `cancelled` has the reason `superseded` and is no verdict.
    """
    cancelled = clock.verdict is Verdict.CANCELLED
    steps = [] if cancelled else list(_take_back(clock, None, None, cause))
    replaces = Verdict.CANCELLED if cancelled else None
    at = clock.started_at
    return [
        *steps,
        Step(FactKind.CANCELLED, at, at, None, Reason.SUPERSEDED, replaces),
    ]


def _verdict(clock: Clock, outcome: Outcome | None, settled: int) -> Verdict | None:
    if outcome is None:
        return Verdict.BREACHED if clock.deadline <= settled else None
    if outcome.at > clock.deadline:  # a reply at the very deadline meets it (2.10)
        return Verdict.BREACHED
    return Verdict.MET if outcome.is_reply else Verdict.CANCELLED


def _take_back(
    clock: Clock,
    verdict: Verdict | None,
    outcome: Outcome | None,
    cause: tuple[int, Reason],
) -> Iterator[Step]:
    at, reason = cause
    reply_stands = outcome is not None and outcome.is_reply
    if clock.answered and not (reply_stands and clock.verdict is verdict):
        replaces = Verdict.MET if clock.verdict is Verdict.MET else None
        if replaces or not reply_stands:
            until = clock.over_at or at
            yield Step(FactKind.REPLY_RETRACTED, at, until, None, reason, replaces)
    if clock.verdict is Verdict.BREACHED and verdict is not Verdict.BREACHED:
        if outcome is not None:
            at, reason = outcome.at, outcome.reason or Reason.REPLY
        yield Step(FactKind.BREACH_RETRACTED, at, at, None, reason, Verdict.BREACHED)
    if clock.verdict is Verdict.CANCELLED and verdict is None:
        yield Step(
            FactKind.CLOCK_STARTED, clock.started_at, at, None, reason, clock.verdict
        )


def _conclude(
    clock: Clock, verdict: Verdict | None, outcome: Outcome | None
) -> Iterator[Step]:
    if verdict is Verdict.BREACHED and clock.verdict is not verdict:
        cancelled = clock.verdict is Verdict.CANCELLED
        replaces = Verdict.CANCELLED if cancelled else None
        due = clock.deadline
        yield Step(FactKind.BREACHED, due, due, replaces=replaces)
    if outcome is None:
        return
    same_end = clock.over_at == outcome.at and clock.answered == outcome.is_reply
    if same_end and clock.verdict is verdict:
        return
    at = outcome.at
    if verdict is Verdict.BREACHED:
        kind = FactKind.ANSWERED_LATE if outcome.is_reply else FactKind.WAIT_ENDED
        yield Step(kind, at, at, outcome.author, outcome.reason)
        return
    # Restating a verdict, or giving one where "cancelled" stood, replaces it; "met"
    # that became something else was taken back above.
    kept = clock.verdict in (verdict, Verdict.CANCELLED)
    replaces = clock.verdict if kept else None
    kind = FactKind.MET if verdict is Verdict.MET else FactKind.CANCELLED
    yield Step(kind, at, at, outcome.author, outcome.reason, replaces)
