"""The teller: the difference between what is so and what was told."""

from collections.abc import Sequence

from msgspec.structs import replace

from stream.sla import knowledge, verdicts
from stream.sla.clock import Clock, calendar_of, key_of, policy_of, reaches
from stream.sla.facts import Fact, FactKind, Reason
from stream.sla.policy import Rules
from stream.sla.session import Session
from stream.sla.state import Conversation
from stream.sla.statements import Step, standing
from stream.sla.verdicts import News
from stream.sla.writer import Writer


class Teller:
    """Tells one conversation's news; `before` and `state`: without and with them."""

    def __init__(  # noqa: PLR0917  for most events
        self,
        key: str,
        before: Conversation,
        state: Conversation,
        rules: Rules,
        now: int,
        news: News,
    ) -> None:
        self._writer = Writer(key, before, state, rules, now, news)
        self._before = before
        self._state = state
        self._rules = rules
        self._news = news
        self._settled = min(state.settled, now)
        self.withdrawn = state.withdrawn

    @property
    def facts(self) -> list[Fact]:
        """What was told, in order."""
        return self._writer.facts

    def all(self, new: Sequence[Session], told: Sequence[Session]) -> list[Session]:
        """Say what is new of sessions, some of which were told otherwise, or not."""
        by_start = {session.opened_at: session for session in told}
        known = [by_start.pop(session.opened_at, None) for session in new]
        for never_was in by_start.values():
            self._withdraw(never_was)
        return [self.tell(s, told) for s, told in zip(new, known, strict=True)]

    def tell(self, new: Session, told: Session | None) -> Session:
        """Say what is new of a session; returns it as it is known now."""
        before = told
        if told is not None and told.ended_at not in {None, new.ended_at}:
            self.withdrawn += 1  # its end
            told = replace(told, life=self.withdrawn)
        life = self.withdrawn if told is None else told.life
        if new.life != life:
            new = replace(new, life=life)
        if told is None:
            self._writer.session(new, FactKind.SESSION_OPENED, new.opened_at)
            clocks_told: tuple[Clock, ...] = ()
        else:
            clocks_told = told.clocks
        clocks = self._clocks(new.clocks, clocks_told)
        if new.ended_at is not None and new is not told:
            if told is None or told.ended_at != new.ended_at:
                self._writer.ended(new, before)
            else:
                new = self._writer.ended_again(new, told)
        return new if clocks is new.clocks else replace(new, clocks=clocks)

    def _withdraw(self, told: Session) -> None:
        """The session never was."""
        news = replace(self._news, reason=Reason.SUPERSEDED)
        for clock in told.clocks:
            self._writer.clock(clock, verdicts.withdraw(clock, news), clock)
        kind = FactKind.SESSION_ENDED
        self._writer.session(told, kind, news.at, Reason.SUPERSEDED)
        self.withdrawn += 1

    def _clocks(
        self, new: tuple[Clock, ...], told: tuple[Clock, ...]
    ) -> tuple[Clock, ...]:
        if verdicts.is_quiet(new, told, self._settled, self._news):
            return new
        known = {key_of(clock): clock for clock in told}
        found = [self._known_as(c, known.pop(key_of(c), None)) for c in new]
        for never_was in known.values():
            steps = verdicts.withdraw(never_was, self._news)
            self._writer.clock(never_was, steps, never_was)
            self.withdrawn += 1
        return tuple(found)

    def _known_as(self, new: Clock, told: Clock | None) -> Clock:
        """Say how `new` differs from `told`; returns it as it is known now."""
        if told is None:
            return self._begun(new)
        clock = new if new is told else knowledge.carried(told, new)
        if clock is not told:
            return self._advanced(knowledge.known(told, clock, self._news), told)
        if verdicts.is_due(told, self._settled):
            return self._advanced(clock, told)
        return self._restated(clock, told, ()) if self._news.is_of_holders else clock

    def _begun(self, new: Clock) -> Clock:
        """A clock that nobody was told of."""
        if self.withdrawn:
            new = replace(new, life=self.withdrawn)
        told, started = knowledge.begin(new)
        self._writer.clock(told, [started], told)
        if new.over_at is None and new.paused_at is None and not new.promised_at:
            calendar = calendar_of(new, self._rules)
            warns = len(new.points) > 1
            first = reaches(new, new.points[0], calendar) if warns else new.deadline
            if first > max(self._settled, self._news.arrived):  # nearly always
                return replace(new, due=first)
        return self._advanced(knowledge.known(None, new, self._news), told)

    def _advanced(self, new: Clock, told: Clock) -> Clock:
        rules = self._rules
        calendar = calendar_of(new, rules)
        # A policy that is only tried tells nobody (semantics 6.9).
        escalate = () if new.shadow else policy_of(new, rules).escalate
        clock, steps = verdicts.advance(
            told, new, self._settled, self._news, calendar, escalate
        )
        clock = self._writer.clock(clock, steps, told)
        return self._restated(clock, told, steps)

    def _restated(self, clock: Clock, told: Clock, said: Sequence[Step]) -> Clock:
        """Tell again what stands and is otherwise than it was told (6.12)."""
        if told.verdict is None or clock.verdict is not told.verdict:
            return clock
        before = {step.kind: step for step in standing(told)}
        kinds = {step.kind for step in said}
        # Whoever hears of a pause behind an end takes the end for undone.
        is_turned = FactKind.CLOCK_RESUMED in kinds
        again = [
            step
            for step in standing(clock)
            if step.kind in before
            and step.kind not in kinds
            and (
                (is_turned and step.kind is not FactKind.BREACHED)
                or self._says(clock, step, self._state)
                != self._says(told, before[step.kind], self._before)
            )
        ]
        return self._writer.clock(clock, again, told) if again else clock

    def _says(
        self, clock: Clock, step: Step, state: Conversation
    ) -> tuple[object, ...]:
        """What a statement says beside its kind, as of `state`."""
        held = self._writer.held(clock, step, state)
        return (
            step.at,
            step.author,
            step.reason,
            self._writer.queue(held),
            held.assignee,
            clock.policy,
            clock.policy_version,
            self._writer.counted(clock, step.until),
        )
