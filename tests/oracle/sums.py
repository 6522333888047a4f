"""What each matter came to, found by looking at the finished list of events.

A question for each message, and nothing is remembered from one to the next.
"""

from stream.sla.events import (
    AuthorKind,
    Direction,
    Event,
    MessageEvent,
    Nature,
    Status,
    StatusEvent,
)
from stream.sla.facts import Fact, FactKind, Reason, SessionSum
from tests.oracle.instant import UnclearError, rank
from tests.oracle.promises import CATEGORY
from tests.oracle.session import Session
from tests.oracle.simulator import PUBLIC, Simulator
from tests.oracle.words import is_customers, said_of, true_author

Sums = dict[int, tuple[str, str | None, SessionSum]]
"""Queue, assignee at the end and the sum, by the second in which a matter began."""


def told_sums(facts: list[Fact]) -> Sums:
    """What stands for whoever reads all facts: of each matter, the last one told."""
    found: Sums = {}
    names: dict[int, str] = {}
    for fact in facts:
        if fact.kind is not FactKind.SESSION_ENDED:
            continue
        opened = fact.started_at // 1000
        found.pop(opened, None)
        before = names.pop(opened, None)
        if fact.reason is Reason.SUPERSEDED:
            continue
        assert fact.replaces_id in {None, before}, fact
        names[opened] = fact.fact_id
        if fact.reason is not Reason.SPAM:  # which is no matter (2.7)
            found[opened] = (fact.queue, fact.assignee, fact.session)
    return found


def expected_sums(simulator: Simulator) -> Sums:
    return {
        session.opened: _Matter(simulator, session).sum()
        for session in simulator.sessions
        if session.why != "spam"
    }


class _Matter:
    def __init__(self, simulator: Simulator, session: Session) -> None:
        self.simulator, self.session = simulator, session
        in_order = sorted(simulator.events, key=lambda e: (e.at // 1000, rank(e)))
        self.events = in_order
        within = [
            e for e in in_order if session.opened <= e.at // 1000 <= session.ended
        ]
        ends = [n for n, e in enumerate(within) if _is_end(e)]
        self.within = within[: ends[0]] if ends else within

    def sum(self) -> tuple[str, str | None, SessionSum]:
        replies = {
            e.message_id: (self.count_of(e), e.at)
            for e in reversed(self.within)
            if isinstance(e, MessageEvent) and self.is_heard(e)
        }
        by_people = [at for what, at in replies.values() if what == "agent_replies"]
        counts = dict.fromkeys(_COUNTS, 0)
        for what, _ in replies.values():
            counts[what] += 1
        held, tags = self.held()
        resolved_at, reopened = self.resolved()
        return (
            held.get("queue") or "unrouted",
            held.get("assignee"),
            SessionSum(
                priority=held.get("priority"),
                tier=held.get("tier"),
                categories=tuple(tags),
                first_human_reply_at=min(by_people, default=None),
                resolved_at=resolved_at,
                reopened=reopened,
                **counts,
            ),
        )

    def is_heard(self, event: MessageEvent) -> bool:
        """Whether it is the business's word, and reached the customer."""
        return (
            event.direction is Direction.OUTBOUND
            and event.nature in PUBLIC
            and event.message_id not in self.simulator.failed
        )

    def count_of(self, event: MessageEvent) -> str:
        author, nature = true_author(event, self.simulator.events)
        if author is AuthorKind.UNKNOWN:
            author = self.guess(event)
        if nature in (Nature.TEMPLATE, Nature.CAMPAIGN):
            return "templates"
        if author is AuthorKind.SYSTEM or nature is Nature.AUTOMATION:
            return "system_replies"
        if author is AuthorKind.BOT:
            return "bot_replies"
        return "calls" if nature is Nature.CALL else "agent_replies"

    def guess(self, event: MessageEvent) -> AuthorKind:
        """A machine, where nobody could have typed it since the question (ADR 13)."""
        given = self.simulator.promises
        before = self.within[: self.within.index(event)]
        ours = [n for n, e in enumerate(before) if self.is_other_word(e, event)]
        if ours and before[ours[-1]].at == event.at:
            raise UnclearError("two words of ours at one instant")
        since = ours[-1] + 1 if ours else 0
        asked = [e.at // 1000 for e in before[since:] if _is_asked(e)]
        is_instant = asked and event.at // 1000 - asked[0] <= given.instant > 0
        is_typed = event.nature is not Nature.CALL
        return AuthorKind.BOT if is_instant and is_typed else given.unknown

    def is_other_word(self, event: Event, than: MessageEvent) -> bool:
        is_ours = isinstance(event, MessageEvent) and self.is_heard(event)
        return is_ours and event.message_id != than.message_id

    def held(self) -> tuple[dict[str, str | None], list[str]]:
        """Who has the work when it ends, and what it is about."""
        held: dict[str, str | None] = {}
        tags: frozenset[str] = frozenset()
        for event in self.events:
            if event.at // 1000 <= self.session.ended:
                said, named = said_of(event)
                held |= said
                tags = tags if named is None else named
        return held, [CATEGORY] if CATEGORY in tags else []

    def resolved(self) -> tuple[int | None, int]:
        """When it was resolved for good, and how often it was reopened."""
        at, reopened = None, 0
        for event in self.within:
            if isinstance(event, StatusEvent) and event.status is Status.RESOLVED:
                at = at or event.at
            elif at and (isinstance(event, StatusEvent) or _is_asked(event)):
                at, reopened = None, reopened + 1
        if at is None and self.session.why == "closed" and self.session.replied:
            at = self.session.ended * 1000
        return at, reopened


_COUNTS = ("agent_replies", "bot_replies", "system_replies", "templates", "calls")


def _is_asked(event: Event) -> bool:
    if not isinstance(event, MessageEvent):
        return False
    return event.direction is Direction.INBOUND and is_customers(event)


def _is_end(event: Event) -> bool:
    is_closed = isinstance(event, StatusEvent) and event.status is Status.CLOSED
    return is_closed or event.__struct_config__.tag in ("spam", "merged")
