"""The writer: steps and sessions as facts, with the envelope of one conversation."""

from collections.abc import Iterable
from zlib import crc32

from msgspec.json import encode
from msgspec.structs import replace

from stream.sla.clock import Clock, calendar_of, counted
from stream.sla.facts import BREACHED, Fact, FactKind, Reason, fact_id
from stream.sla.held import Held
from stream.sla.policy import Rules
from stream.sla.session import Session
from stream.sla.state import Conversation, held_at
from stream.sla.statements import Step, given_at, is_answer_told, is_end_told, standing
from stream.sla.sums import sum_of
from stream.sla.verdicts import News

_ANSWERS = frozenset({FactKind.MET, FactKind.ANSWERED_LATE})
_ENDS = _ANSWERS | {FactKind.CANCELLED, FactKind.WAIT_ENDED}
_OF_NEWS = frozenset(
    {
        FactKind.REPLY_RETRACTED,
        FactKind.BREACH_RETRACTED,
        FactKind.CLOCK_STARTED,
        FactKind.CLOCK_PAUSED,
        FactKind.CLOCK_RESUMED,
        FactKind.POLICY_CHANGED,
    }
)
"""What one event brings about: another event's is another statement."""
_MOST_GONE = 50
_TAKES_REPLY_BACK = frozenset({FactKind.REPLY_RETRACTED, FactKind.CLOCK_RESUMED})


class Writer:
    """`before` and `state`: the conversation without and with the news."""

    def __init__(  # noqa: PLR0917  for most events
        self,
        key: str,
        before: Conversation,
        state: Conversation,
        rules: Rules,
        now: int,
        news: News,
    ) -> None:
        self.facts: list[Fact] = []
        self._key = key
        self._before = before
        self._state = state
        self._rules = rules
        self._now = now
        self._news = news
        self._now_envelope: Fact | None = None

    def session(
        self, session: Session, kind: FactKind, at: int, reason: Reason | None = None
    ) -> None:
        opened_at = session.opened_at
        said = kind, at, reason, *_life(session)
        fact = replace(
            self._envelope(at, self._state),
            fact_id=fact_id(self._key, "session", opened_at, *said),
            kind=kind,
            at=at,
            started_at=opened_at,
            reason=reason,
        )
        self.facts.append(fact)

    def ended(self, session: Session, told: Session | None) -> None:
        """Say that it ended, and what it came to; `told`: as it was known before.

        Spam, which is no session, takes no end's place, and none takes its.
        """
        fact = self._ended(session, self._state)
        name, old = self._name_of_end(fact, session), None
        if told is not None and told.ended_at is not None:
            before = self._ended(told, self._before)
            if Reason.SPAM not in {fact.reason, before.reason}:
                old = self._name_of_end(before, told)
        self.facts.append(replace(fact, fact_id=name, replaces_id=old))

    def ended_again(self, session: Session, told: Session) -> Session:
        """Say so once more if late news changed what it came to (semantics 6.12).

        Returns it with what is gone: as with clocks, what is told, is gone and is told
        once more has another name each time.
        """
        gone = told.gone
        fact, before = (
            self._ended(session, self._state),
            self._ended(told, self._before),
        )
        if _said_of_end(fact) != _said_of_end(before):
            gone = (*gone, _short_of_end(before))[-_MOST_GONE:]
            session = replace(session, gone=gone)
            name, old = (
                self._name_of_end(fact, session),
                self._name_of_end(before, told),
            )
            self.facts.append(replace(fact, fact_id=name, replaces_id=old))
        return session if session.gone == gone else replace(session, gone=gone)

    def clock(self, clock: Clock, steps: Iterable[Step], told: Clock) -> Clock:
        """Write the steps from `told` to `clock`; returns it with what is gone.

        A statement that was told, is gone and is told once more has another name each
        time (semantics 6.11).
        """
        had_answer, had_end = is_answer_told(told), is_end_told(told)
        for step in steps:
            fact = self._fact(clock, step, self._state)
            takes_back = step.kind in _TAKES_REPLY_BACK and step.reason is not None
            is_instead = step.replaces is not None or takes_back
            ends = takes_back or (had_end and step.kind in _ENDS)
            if takes_back and had_answer:
                business = self.counted(told, step.until)
                fact = replace(fact, waited_business_ms=business)
            if is_instead or (had_answer and step.kind in _ANSWERS):
                fact = self._instead_of(fact, told, with_length=had_answer)
            if is_instead or ends:
                ends = ends or step.replaces is not BREACHED
                clock = self._without(clock, told, ends=ends)
                had_answer, had_end = had_answer and not ends, had_end and not ends
            self.facts.append(replace(fact, fact_id=self._name(fact, clock)))
        return clock

    def _without(self, clock: Clock, told: Clock, *, ends: bool) -> Clock:
        """What stood of `told`, its end or its breach, stands no more."""
        gone = tuple(
            [
                _short(self._fact(told, step, self._before))
                for step in standing(told)
                if ends is not (step.kind is FactKind.BREACHED)
            ]
        )
        return replace(clock, gone=(*clock.gone, *gone)[-_MOST_GONE:])

    def held(self, clock: Clock, step: Step, state: Conversation) -> Held:
        """Who holds the work for a statement; for a breach, who did until the deadline.

        An assignment at the very deadline is too late (6.2), but for one that made it.
        """
        at = step.at
        if step.kind is FactKind.BREACHED and at != clock.promised_at:
            at -= 1
        return held_at(state, at)

    def queue(self, held: Held) -> str:
        state = self._state
        return held.queue or self._rules.queue_of(state.channel, state.account)

    def counted(self, clock: Clock, until: int) -> int:
        return counted(clock, until, calendar_of(clock, self._rules))

    def _fact(self, clock: Clock, step: Step, state: Conversation) -> Fact:
        start, at = clock.started_at, step.at
        is_breach = step.kind is FactKind.BREACHED
        before = is_breach and at != clock.promised_at
        known_at = clock.known_at if is_breach else 0
        contact = self._state.contact
        until = max(step.until, start)  # news of before it ends it as it began
        return replace(
            self._envelope(at - 1 if before else at, state),
            kind=step.kind,
            at=at,
            contact=None if contact is None else contact[1],
            measure=clock.measure,
            cycle=start,
            policy=clock.policy,
            policy_version=clock.policy_version,
            started_at=start,
            deadline=clock.deadline,
            waited_ms=until - start,
            waited_business_ms=self.counted(clock, until),
            calendar=clock.calendar,
            author=step.author,
            reason=step.reason,
            replaces=step.replaces,
            to=step.to,
            shadow=clock.shadow,
            known_at=known_at if known_at > at else None,
        )

    def _ended(self, session: Session, state: Conversation) -> Fact:
        at = session.ended_at or 0
        return replace(
            self._envelope(at, state),
            kind=FactKind.SESSION_ENDED,
            at=at,
            started_at=session.opened_at,
            reason=session.end_reason,
            session=sum_of(session, state, self._rules),
        )

    def _name_of_end(self, fact: Fact, session: Session) -> str:
        gone = session.gone
        return fact_id(
            self._key,
            "session",
            session.opened_at,
            *_said_of_end(fact),
            gone.count(_short_of_end(fact)) if gone else 0,
            *_life(session),
        )

    def _name(self, fact: Fact, clock: Clock) -> str:
        gone = clock.gone
        return fact_id(
            self._key,
            f"{fact.measure}/shadow" if fact.shadow else f"{fact.measure}",
            fact.cycle or 0,
            *_said(fact),
            fact.replaces,
            fact.to,
            fact.cause if fact.kind in _OF_NEWS else None,
            gone.count(_short(fact)) if gone else 0,
            *_life(clock),
        )

    def _instead_of(self, fact: Fact, told: Clock, *, with_length: bool) -> Fact:
        """`fact`, with the queue that what it replaces counted for, and its length."""
        given = given_at(told)
        if given is None:
            given = told.started_at
        kind = FactKind.BREACHED if told.verdict is BREACHED else FactKind.MET
        was = self.queue(self.held(told, Step(kind, given, given), self._before))
        if with_length and fact.replaces is not BREACHED:
            end = told.over_at or given
            was_at_end = self.queue(held_at(self._before, end))
            was = was if fact.replaces is not None else was_at_end
            fact = replace(
                fact,
                replaces_waited_ms=end - told.started_at,
                replaces_waited_business_ms=self.counted(told, end),
            )
        return fact if was == fact.queue else replace(fact, replaces_queue=was)

    def _envelope(self, at: int, state: Conversation) -> Fact:
        """What every fact has; the work is whose it was at `at` (semantics 2.12)."""
        if at < state.held_since:
            return self._with(held_at(state, at))
        if state is not self._state:
            return self._with(state.held)
        if self._now_envelope is None:
            self._now_envelope = self._with(state.held)
        return self._now_envelope

    def _with(self, held: Held) -> Fact:
        state = self._state
        return Fact(
            fact_id="",
            kind=FactKind.SESSION_OPENED,
            at=self._now,
            noticed_at=self._now,
            conversation_id=self._key,
            channel=state.channel,
            account=state.account,
            queue=self.queue(held),
            assignee=held.assignee,
            link=None if state.link is None else state.link[1],
            cause=self._news.event_id,
        )


def _life(of: Clock | Session) -> tuple[int, ...]:
    return (of.life,) if of.life else ()


def _said(fact: Fact) -> tuple[object, ...]:
    """What makes a statement this one and no other."""
    return (
        fact.kind,
        fact.at,
        fact.queue,
        fact.assignee,
        fact.policy,
        fact.policy_version,
        fact.deadline,
        fact.waited_ms,
        fact.waited_business_ms,
        fact.author,
        fact.reason,
    )


def _said_of_end(fact: Fact) -> tuple[object, ...]:
    return fact.kind, fact.at, fact.queue, fact.assignee, fact.reason, fact.session


def _short_of_end(fact: Fact) -> int:
    return crc32(encode(_said_of_end(fact)))


def _short(fact: Fact) -> int:
    return crc32(encode(_said(fact)))
