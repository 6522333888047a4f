"""The teller: the difference between what is so and what was told, as facts."""

from msgspec.structs import replace

from stream.sla import verdicts
from stream.sla.clock import (
    Clock,
    calendar_of,
    counted,
    key_of,
    policy_of,
    reaches,
)
from stream.sla.facts import BREACHED, Fact, FactKind, Reason, fact_id
from stream.sla.held import Held
from stream.sla.policy import Rules
from stream.sla.session import Session
from stream.sla.state import Conversation, held_at
from stream.sla.verdicts import News, Step


class Teller:
    """Writes facts with the envelope of one conversation.

    `before` and `state`: the conversation without and with the news.
    """

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

    def tell(self, new: Session, told: Session | None) -> Session:
        """Say what is new of a session; returns it as it is known now."""
        opened = new.opened_at
        if told is None:
            self._session(FactKind.SESSION_OPENED, opened, opened)
            clocks_told: tuple[Clock, ...] = ()
        else:
            clocks_told = told.clocks
        clocks = self._clocks(new.clocks, clocks_told)
        ended_at = new.ended_at
        if ended_at is not None and (told is None or told.ended_at != ended_at):
            self._session(FactKind.SESSION_ENDED, ended_at, opened, new.end_reason)
        return new if clocks is new.clocks else replace(new, clocks=clocks)

    def withdraw(self, told: Session) -> None:
        """The session never was."""
        news = replace(self._news, reason=Reason.SUPERSEDED)
        for clock in told.clocks:
            self._clock(clock, verdicts.withdraw(clock, news), clock)
        self._session(
            FactKind.SESSION_ENDED, news.at, told.opened_at, Reason.SUPERSEDED
        )

    def _clocks(
        self, new: tuple[Clock, ...], told: tuple[Clock, ...]
    ) -> tuple[Clock, ...]:
        if verdicts.is_quiet(new, told, self._state.settled, self._news):
            return new
        known = {key_of(clock): clock for clock in told}
        found = [self._known_as(c, known.pop(key_of(c), None)) for c in new]
        for never_was in known.values():
            steps = verdicts.withdraw(never_was, self._news)
            self._clock(never_was, steps, never_was)
        return tuple(found)

    def _known_as(self, new: Clock, told: Clock | None) -> Clock:
        """Say how `new` differs from `told`; returns it as it is known now."""
        if told is None:
            return self._begun(new)
        said = len(self.facts)
        clock = new if new is told else verdicts.carried(told, new)
        if clock is not told or verdicts.is_due(told, self._state.settled):
            clock = self._advanced(clock, told)
        if self._news.is_of_holders:
            self._restate(clock, told, self.facts[said:])
        return clock

    def _begun(self, new: Clock) -> Clock:
        """A clock that nobody was told of."""
        told, started = verdicts.begin(new)
        self._clock(told, [started], told)
        if new.over_at is None and new.paused_at is None:
            calendar = calendar_of(new, self._rules)
            warns = len(new.points) > 1
            first = reaches(new, new.points[0], calendar) if warns else new.deadline
            if first > self._state.settled:  # nearly always
                return replace(new, due=first)
        return self._advanced(new, told)

    def _advanced(self, new: Clock, told: Clock) -> Clock:
        calendar = calendar_of(new, self._rules)
        escalate = policy_of(new, self._rules).escalate
        clock, steps = verdicts.advance(
            told, new, self._state.settled, self._news, calendar, escalate
        )
        self._clock(clock, steps, told)
        return clock

    def _restate(self, clock: Clock, told: Clock, said: list[Fact]) -> None:
        """Tell a verdict that stands again if it counts for others now (2.12)."""
        again = verdicts.restated(clock)
        if again is None or clock.verdict is not told.verdict:
            return
        if any(fact.kind is again.kind for fact in said):
            return
        now, then = held_at(self._state, again.at), self._held_at_verdict(told)
        is_moved = self._queue(now) != self._queue(then)
        if is_moved or (clock.verdict is BREACHED and now.assignee != then.assignee):
            self._clock(clock, [again], told)

    def _held_at_verdict(self, told: Clock) -> Held:
        """Who held the work when a verdict fell, as it was told."""
        return held_at(self._before, verdicts.given_at(told) or told.started_at)

    def _session(
        self, kind: FactKind, at: int, opened_at: int, reason: Reason | None = None
    ) -> None:
        fact = replace(
            self._envelope(at),
            fact_id=fact_id(self._key, "session", opened_at, kind, at),
            kind=kind,
            at=at,
            started_at=opened_at,
            reason=reason,
        )
        self.facts.append(fact)

    def _clock(self, clock: Clock, steps: list[Step], told: Clock) -> None:
        start = clock.started_at
        subject = f"{clock.measure}/shadow" if clock.shadow else clock.measure
        for step in steps:
            kind, at = step.kind, step.at
            fact = replace(
                self._envelope(at),
                fact_id=fact_id(self._key, subject, start, kind, at),
                kind=kind,
                at=at,
                measure=clock.measure,
                cycle=start,
                policy=clock.policy,
                policy_version=clock.policy_version,
                started_at=start,
                deadline=clock.deadline,
                waited_ms=step.until - start,
                waited_business_ms=self._counted(clock, step.until),
                calendar=clock.calendar,
                author=step.author,
                reason=step.reason,
                replaces=step.replaces,
                to=step.to,
                shadow=clock.shadow,
            )
            if step.replaces is not None:
                queue = self._queue(self._held_at_verdict(told))
                if queue != fact.queue:
                    fact = replace(fact, replaces_queue=queue)
            self.facts.append(fact)

    def _counted(self, clock: Clock, until: int) -> int:
        return counted(clock, until, calendar_of(clock, self._rules))

    def _envelope(self, at: int) -> Fact:
        """What every fact has; the work is whose it was at `at` (semantics 2.12)."""
        state = self._state
        if at < state.held_since:
            return self._with(held_at(state, at))
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
            queue=self._queue(held),
            assignee=held.assignee,
            link=None if state.link is None else state.link[1],
            cause=self._news.event_id,
        )

    def _queue(self, held: Held) -> str:
        state = self._state
        return held.queue or self._rules.queue_of(state.channel, state.account)
