"""Facts -> what stands of each cycle, as a reader of the topic would find it."""

from collections.abc import Iterable
from dataclasses import dataclass

from stream.sla.facts import Fact, FactKind, Measure, Reason, Verdict
from tests.oracle.cycle import Cycle

_BREACHED = Verdict.BREACHED
_ENDS = {
    FactKind.MET,
    FactKind.ANSWERED_LATE,
    FactKind.WAIT_ENDED,
    FactKind.CANCELLED,
}


@dataclass
class Outcome:
    """Of one cycle; seconds since the epoch."""

    policy: str | None = None
    verdict: str | None = None
    deadline: int | None = None
    over_at: int | None = None
    used: int | None = None
    """Open seconds until it was over; nothing is said of a window's."""
    holder: tuple[str | None, str | None] = (None, None)
    """Queue and assignee at the verdict: of a breach, until the deadline."""
    why: str | None = None
    """The reason of its end; a reply is none."""


Outcomes = dict[tuple[str, int], Outcome]
"""By measure and cycle."""


def outcomes(facts: Iterable[Fact]) -> Outcomes:
    """Asserts on the way that no two verdicts stand at once."""
    found: Outcomes = {}
    for fact in facts:
        if fact.measure is None or fact.cycle is None:
            continue
        key = (fact.measure.value, fact.cycle // 1000)
        outcome = found.setdefault(key, Outcome())
        if fact.replaces is not None:
            assert outcome.verdict == fact.replaces.value, (fact, outcome)
            outcome.verdict = None
            if fact.kind is not FactKind.BREACHED or fact.replaces is not _BREACHED:
                # A breach told again is whose or when: the wait's end stands.
                outcome.over_at = outcome.used = outcome.why = None
        if fact.kind in set(Verdict):
            if fact.reason is Reason.SUPERSEDED:
                del found[key]
                continue
            assert outcome.verdict is None, (fact, outcome)
            outcome.verdict = fact.kind.value
            outcome.holder = (fact.queue, fact.assignee)
        if fact.kind is FactKind.REPLY_RETRACTED or fact.reason is Reason.REOPENED:
            outcome.over_at = outcome.used = outcome.why = None
        if fact.kind in _ENDS:
            outcome.why = _said(fact.reason)
            outcome.over_at = fact.at // 1000
            is_window = fact.measure is Measure.WINDOW
            counted = fact.waited_business_ms or 0
            outcome.used = None if is_window else counted // 1000
        outcome.policy = fact.policy
        outcome.deadline = None if fact.deadline is None else fact.deadline // 1000
    return found


def expected(cycles: Iterable[Cycle]) -> Outcomes:
    """What the simulator says, in the same words."""
    return {
        (cycle.measure, cycle.start): Outcome(
            cycle.promise.policy,
            cycle.verdict,
            cycle.deadline,
            cycle.over_at,
            None if cycle.measure == "window" else cycle.used_in_all,
            cycle.holder,
            None if cycle.why == "reply" else cycle.why,
        )
        for cycle in cycles
    }


def _said(reason: Reason | None) -> str | None:
    return None if reason in (None, Reason.UNKNOWN_AUTHOR) else reason.value


def warnings(facts: Iterable[Fact]) -> set[tuple[str, int, int]]:
    """(Measure, cycle, when) of what was warned of, in seconds."""
    return {
        (fact.measure.value, fact.cycle // 1000, fact.at // 1000)
        for fact in facts
        if fact.kind is FactKind.WARNED
    }


def sessions(facts: Iterable[Fact]) -> list[tuple[int, int | None, str | None]]:
    """(Opened, ended, why) of each matter, in seconds, as an ordered stream says it."""
    found: list[tuple[int, int | None, str | None]] = []
    for fact in facts:
        if fact.kind is FactKind.SESSION_OPENED:
            found.append((fact.at // 1000, None, None))
        elif fact.kind is FactKind.SESSION_ENDED:
            found[-1] = (
                found[-1][0],
                fact.at // 1000,
                fact.reason and fact.reason.value,
            )
    return found


def comparable(told: Outcomes, wanted: Outcomes) -> Outcomes:
    """Without the deadlines and holders of which the simulator says nothing."""
    for key, outcome in told.items():
        if key in wanted:
            outcome.deadline = outcome.deadline if wanted[key].deadline else None
            holder = wanted[key].holder
            outcome.holder = outcome.holder if holder[0] else holder
    return told


def in_the_end(found: Outcomes) -> Outcomes:
    """What late news corrects: all but the deadline of what was not broken.

    A breach that stands is told again when its deadline or its holder turns out to be
    another, and an end when its length does (6.12).
    """
    for outcome in found.values():
        if outcome.verdict != "breached":
            outcome.deadline = None
    return found
