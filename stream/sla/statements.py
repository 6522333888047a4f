"""Statements: what stands of a clock that was told, and what a fact about it says.

A statement that late news changes in anything - its date, its length, its policy, who
held the work - is told once more, under another name (semantics 6.11, 6.12).
"""

from msgspec import Struct

from stream.sla.clock import Clock
from stream.sla.facts import BREACHED, MET, FactKind, Reason, Verdict


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


def given_at(clock: Clock) -> int | None:
    """The instant of its verdict, which says whose it is (semantics 2.12)."""
    return clock.deadline if clock.verdict is BREACHED else clock.over_at


def standing(clock: Clock) -> list[Step]:
    """The statements that stand of a clock with a verdict: its breach, its end.

    As they are told once more, when late news says anything of them otherwise (6.12).
    """
    verdict, at, due = clock.verdict, clock.over_at, clock.deadline
    if verdict is None:
        return []
    found = []
    if verdict is BREACHED:
        found.append(Step(FactKind.BREACHED, due, due, replaces=BREACHED))
    if at is not None and not clock.is_pending:
        replaces = None if verdict is BREACHED else verdict
        kind = end_of(clock, verdict)
        found.append(Step(kind, at, at, clock.author, clock.reason, replaces))
    return found


def is_answer_told(clock: Clock) -> bool:
    """Whether the world knows that it was answered."""
    return clock.answered and is_end_told(clock)


def is_end_told(clock: Clock) -> bool:
    """Whether the world knows that it is over."""
    return clock.over_at is not None and not clock.is_pending


def end_of(clock: Clock, verdict: Verdict) -> FactKind:
    if verdict is BREACHED:
        return FactKind.ANSWERED_LATE if clock.answered else FactKind.WAIT_ENDED
    return FactKind.MET if verdict is MET else FactKind.CANCELLED
