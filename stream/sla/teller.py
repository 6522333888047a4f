"""The teller: the difference between what is so and what was told, as facts."""

from msgspec.structs import replace

from stream.sla import verdicts
from stream.sla.clock import Clock, counted, key_of, reaches
from stream.sla.facts import Fact, FactKind, Reason, fact_id
from stream.sla.held import Held
from stream.sla.policy import Rules
from stream.sla.session import Session
from stream.sla.state import Conversation, held_at
from stream.sla.verdicts import Cause, Step


class Teller:
    """Writes facts with the envelope of one conversation."""

    def __init__(
        self,
        key: str,
        state: Conversation,
        rules: Rules,
        now: int,
        event_id: str | None,
    ) -> None:
        self.facts: list[Fact] = []
        self._key = key
        self._state = state
        self._rules = rules
        self._now = now
        self._event_id = event_id
        self._now_envelope: Fact | None = None

    def tell(self, new: Session, told: Session | None, cause: Cause) -> Session:
        """Say what is new of a session; returns it as it is known now."""
        opened = new.opened_at
        if told is None:
            self._session(FactKind.SESSION_OPENED, opened, opened)
            clocks_told: tuple[Clock, ...] = ()
        else:
            clocks_told = told.clocks
        clocks = self._clocks(new.clocks, clocks_told, cause)
        ended_at = new.ended_at
        if ended_at is not None and (told is None or told.ended_at != ended_at):
            self._session(FactKind.SESSION_ENDED, ended_at, opened, new.end_reason)
        return new if clocks is new.clocks else replace(new, clocks=clocks)

    def withdraw(self, told: Session, cause: Cause) -> None:
        """The session never was."""
        for clock in told.clocks:
            self._clock(clock, verdicts.withdraw(clock, cause))
        self._session(
            FactKind.SESSION_ENDED, cause[0], told.opened_at, Reason.SUPERSEDED
        )

    def _clocks(
        self, new: tuple[Clock, ...], told: tuple[Clock, ...], cause: Cause
    ) -> tuple[Clock, ...]:
        settled = self._state.settled
        if new is told and all(
            clock.due is None or clock.due > settled for clock in told
        ):
            return new
        known = {key_of(clock): clock for clock in told}
        found = []
        for clock in new:
            before = known.pop(key_of(clock), None)
            if before is not None and verdicts.stands(before, clock, settled):
                found.append(clock)
            else:
                found.append(self._advanced(clock, before, cause))
        for never_was in known.values():
            self._clock(never_was, verdicts.withdraw(never_was, cause))
        return tuple(found)

    def _advanced(self, new: Clock, told: Clock | None, cause: Cause) -> Clock:
        if told is None:
            told, started = verdicts.begin(new)
            self._clock(told, [started])
            if new.over_at is None and new.paused_at is None:
                calendar = self._rules.calendar(new.calendar)
                warns = len(new.points) > 1
                first = reaches(new, new.points[0], calendar) if warns else new.deadline
                if first > self._state.settled:
                    return replace(new, due=first)
            now = new
        else:
            now = verdicts.carried(told, new)
            if verdicts.stands(told, now, self._state.settled):
                return told
        calendar = self._rules.calendar(new.calendar)
        policy = self._rules.book.named(new.policy)
        escalate = () if policy is None else policy.escalate
        clock, steps = verdicts.advance(
            told, now, self._state.settled, cause, calendar, escalate
        )
        self._clock(clock, steps)
        return clock

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

    def _clock(self, clock: Clock, steps: list[Step]) -> None:
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
            self.facts.append(fact)

    def _counted(self, clock: Clock, until: int) -> int:
        return counted(clock, until, self._rules.calendar(clock.calendar))

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
            queue=held.queue or self._rules.queue_of(state.channel, state.account),
            assignee=held.assignee,
            link=None if state.link is None else state.link[1],
            cause=self._event_id,
        )
