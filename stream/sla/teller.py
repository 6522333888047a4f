"""The teller: the difference between what is so and what was told, as facts."""

from msgspec.structs import replace

from stream.sla import clock as clocks
from stream.sla.clock import Clock, Step
from stream.sla.facts import Fact, FactKind, Reason, fact_id
from stream.sla.policy import Attributes, Policy, Rules
from stream.sla.session import Session
from stream.sla.state import Conversation, Told, attribute, queue_of


class Teller:
    """Writes facts with the envelope of one conversation."""

    def __init__(self, key: str, state: Conversation, rules: Rules, now: int) -> None:
        self.facts: list[Fact] = []
        self._key = key
        self._state = state
        self._rules = rules
        self._now = now
        self._queue = queue_of(state, rules)
        # Both are asked for by some tellers only, and a cached_property takes a lock.
        self._wanted: Policy | None = None
        self._envelope: Fact | None = None

    def tell(
        self, session: Session, told: Told | None, cause: tuple[int, Reason]
    ) -> Told:
        opened = session.opened_at
        if told is None:
            self._session(FactKind.SESSION_OPENED, opened, opened)
            told = Told(opened, self._started(opened))
        clocks_now = tuple([self._advanced(c, session, cause) for c in told.clocks])
        if session.ended_at is not None and told.ended_at != session.ended_at:
            reason = session.end_reason
            self._session(FactKind.SESSION_ENDED, session.ended_at, opened, reason)
        return Told(opened, clocks_now, session.ended_at)

    def withdraw(self, told: Told, cause: tuple[int, Reason]) -> None:
        for clock in told.clocks:
            self._clock(clock, clocks.withdraw(clock, cause))
        self._session(
            FactKind.SESSION_ENDED, cause[0], told.opened_at, Reason.SUPERSEDED
        )

    def _advanced(
        self, clock: Clock, session: Session, cause: tuple[int, Reason]
    ) -> Clock:
        clock, policy = self._with_policy(clock, cause[0])
        outcome = clocks.first_reply_outcome(session, policy)
        clock, steps = clocks.advance(clock, outcome, self._state.settled, cause)
        self._clock(clock, steps)
        return clock

    def _started(self, opened_at: int) -> tuple[Clock, ...]:
        """A clock for every target of the policy chosen at cycle start (2.11)."""
        policy = self._policy_wanted()
        if policy is None:
            return ()
        version = self._rules.book.version
        started = tuple(
            [clocks.start(t, policy, version, opened_at) for t in policy.targets]
        )
        for clock in started:
            step = Step(FactKind.CLOCK_STARTED, opened_at, opened_at)
            self._clock(clock, [step])
        return started

    def _with_policy(self, clock: Clock, at: int) -> tuple[Clock, Policy]:
        """`clock` under the policy its attributes ask for, and that policy.

        Chosen again only while no verdict stands (2.11). A policy that left the
        file lets its clocks run out by the numbers stamped on them.
        """
        book = self._rules.book
        stamped = book.named(clock.policy) or Policy(
            name=clock.policy, match={}, targets=()
        )
        if clock.verdict is not None:
            return clock, stamped
        wanted = self._policy_wanted()
        if wanted is None or wanted.name == clock.policy:
            return clock, stamped
        target = next((t for t in wanted.targets if t.measure is clock.measure), None)
        if target is None:
            return clock, stamped
        restarted = clocks.start(target, wanted, book.version, clock.started_at)
        self._clock(restarted, [Step(FactKind.POLICY_CHANGED, at, at)])
        return restarted, wanted

    def _session(
        self, kind: FactKind, at: int, opened_at: int, reason: Reason | None = None
    ) -> None:
        fact = replace(
            self._shared(),
            fact_id=fact_id(self._key, "session", opened_at, kind, at),
            kind=kind,
            at=at,
            started_at=opened_at,
            reason=reason,
        )
        self.facts.append(fact)

    def _clock(self, clock: Clock, steps: list[Step]) -> None:
        start = clock.started_at
        for step in steps:
            fact = replace(
                self._shared(),
                fact_id=fact_id(self._key, clock.measure, start, step.kind, step.at),
                kind=step.kind,
                at=step.at,
                measure=clock.measure,
                cycle=start,
                policy=clock.policy,
                policy_version=clock.policy_version,
                started_at=start,
                deadline=clock.deadline,
                waited_ms=step.until - start,
                author=step.author,
                reason=step.reason,
                replaces=step.replaces,
            )
            self.facts.append(fact)

    def _policy_wanted(self) -> Policy | None:
        """The policy that the attributes of now ask for."""
        if self._wanted is None:
            state = self._state
            attributes = Attributes(
                state.channel,
                state.account,
                self._queue,
                attribute(state, "priority"),
                attribute(state, "tier"),
            )
            self._wanted = self._rules.book.choose(attributes)
        return self._wanted

    def _shared(self) -> Fact:
        """What all facts of now share; a copy with its own fields is one of them."""
        if self._envelope is None:
            state = self._state
            self._envelope = Fact(
                fact_id="",
                kind=FactKind.SESSION_OPENED,
                at=self._now,
                noticed_at=self._now,
                conversation_id=self._key,
                channel=state.channel,
                account=state.account,
                queue=self._queue,
                assignee=attribute(state, "assignee"),
                link=attribute(state, "link"),
            )
        return self._envelope
