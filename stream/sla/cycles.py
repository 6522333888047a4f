"""Cycles: the fold of facts into what stands for each clock in the end.

A fact counts once whatever the times it is told (`fact_id`); the later overrides the
earlier one of its cycle, and what it `replaces` stands no more (ADR 0002).
"""

from collections.abc import Iterable

from msgspec import Struct

from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Measure, Reason, Verdict

Key = tuple[str, Measure, int, bool]
"""Conversation, measure, start of the wait, and whether a shadow's."""

_VERDICTS = {
    FactKind.MET: Verdict.MET,
    FactKind.BREACHED: Verdict.BREACHED,
    FactKind.CANCELLED: Verdict.CANCELLED,
}
_REPLIES = frozenset({FactKind.MET, FactKind.ANSWERED_LATE})
_ENDS = _REPLIES | {FactKind.CANCELLED, FactKind.WAIT_ENDED}
_GOES_ON = frozenset({FactKind.REPLY_RETRACTED, FactKind.CLOCK_RESUMED})


class Cycle(Struct, gc=False):
    """What is known of a clock. Waits in milliseconds, None until the reply.

    `queue`, `assignee`: who held the work when the verdict fell, at `verdict_at`;
    `author`: of the reply. `lateness`: from when its breach could be known (the
    deadline, or late news) to the moment it was first noticed, `noticed_at`;
    `was_over`: the wait was over by then.
    `lasted_ms`: open time until the wait ended in whatever way; None while it lasts.
    """

    channel: Channel
    queue: str
    policy: str | None = None
    verdict: Verdict | None = None
    verdict_at: int | None = None
    deadline: int | None = None
    assignee: str | None = None
    author: str | None = None
    waited_ms: int | None = None
    waited_business_ms: int | None = None
    lateness: int | None = None
    noticed_at: int | None = None
    was_over: bool = False
    lasted_ms: int | None = None


class Cycles:
    """All cycles of a stream of facts."""

    def __init__(self) -> None:
        self.by_key: dict[Key, Cycle] = {}

    def add(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if fact.measure is not None and fact.cycle is not None:
                self._add(fact, fact.measure, fact.cycle)

    def _add(self, fact: Fact, measure: Measure, start: int) -> None:
        key = (fact.conversation_id, measure, start, fact.shadow)
        if fact.reason is Reason.SUPERSEDED:
            self.by_key.pop(key, None)
            return
        cycle = self.by_key.get(key)
        if cycle is None:
            cycle = self.by_key[key] = Cycle(fact.channel, fact.queue)
        cycle.policy, cycle.deadline = fact.policy, fact.deadline
        kind = fact.kind
        verdict = _VERDICTS.get(kind)
        if verdict is not None:
            cycle.verdict, cycle.verdict_at = verdict, fact.at
            cycle.queue, cycle.assignee = fact.queue, fact.assignee
        elif fact.replaces is not None:
            cycle.verdict = cycle.verdict_at = None
        if kind in _ENDS:
            cycle.lasted_ms = fact.waited_business_ms
            cycle.was_over |= fact.noticed_at == cycle.noticed_at
        if kind in _REPLIES:
            cycle.waited_ms = fact.waited_ms
            cycle.waited_business_ms = fact.waited_business_ms
            cycle.author = fact.author
        elif kind is FactKind.BREACHED:
            _notice(cycle, fact)
        elif kind in _GOES_ON and fact.reason is not None:
            cycle.waited_ms = cycle.waited_business_ms = cycle.lasted_ms = None
            cycle.author = None
            cycle.was_over = False


def _notice(cycle: Cycle, breach: Fact) -> None:
    if cycle.noticed_at is None:
        cycle.noticed_at = breach.noticed_at
        cycle.lateness = breach.noticed_at - (breach.known_at or breach.at)
