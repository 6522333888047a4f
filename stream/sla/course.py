"""The course of a conversation: from its turns to its sessions and clocks.

One turn at a time, in order of event time, so that the newest event costs one step,
and one that comes late costs walking again from where memory begins; both end in
the same sessions (semantics 3.2). Nothing is concluded here: a deadline that passed
is the business of `stream.sla.verdicts`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec.structs import replace

from stream.sla import clock as clocks
from stream.sla.choice import Choice, Measures
from stream.sla.clock import Clock, Key
from stream.sla.events import AuthorKind, Status
from stream.sla.facts import Measure, Reason
from stream.sla.held import Held
from stream.sla.policy import OnReopen, Policy, Rules
from stream.sla.session import Session, gap_of, lapses_at
from stream.sla.timeline import (
    CUSTOMER,
    END,
    NO_REPLY_NEEDED,
    OUTBOUND,
    STATUS,
    Turn,
)

REPLIES = frozenset({Measure.FIRST_REPLY, Measure.NEXT_REPLY})
_WAITS = REPLIES | {Measure.WINDOW}
_FIRST = frozenset({Measure.FIRST_REPLY, Measure.WINDOW})
_NEXT = frozenset({Measure.NEXT_REPLY, Measure.WINDOW})
_OPENING = _FIRST | {Measure.RESOLUTION}
_RESOLUTION = frozenset({Measure.RESOLUTION})


class Course:
    """Walks a timeline from `held` and `session` on.

    Args:
        pins: the clocks as told: under other rules than today's they keep theirs.
        undelivered: refs of messages that never reached the customer.
    """

    def __init__(  # noqa: PLR0917  made for each event
        self,
        rules: Rules,
        channel: str,
        account: str,
        held: Held,
        session: Session | None,
        pins: Mapping[Key, Clock],
        undelivered: frozenset[int],
    ) -> None:
        self.held = held
        self.ended: list[Session] = []
        self.session = session
        self._rules = rules
        self._choice = Choice(rules, channel, account, pins)
        self._channel = channel
        self._undelivered = undelivered

    def walk(self, turns: Iterable[Turn]) -> None:
        for turn in turns:
            self.pass_silence(turn.at)
            if turn.said is not None:
                self._hold(turn)
            kind = turn.kind
            if kind is CUSTOMER:
                self._customer(turn.at)
            elif self._is_open:
                if kind is OUTBOUND:
                    self._outbound(turn)
                elif kind is STATUS:
                    self._status(turn)
                elif kind is NO_REPLY_NEEDED:
                    self._end_wait(turn.at, Reason.NO_REPLY_NEEDED)
                    self._pause_or_resume(turn.at)
                elif kind is END:
                    self._end(turn.at, turn.reason or Reason.CLOSED)

    def pass_silence(self, until: int) -> None:
        """End the session if it lapses by `until`."""
        session = self.session
        if session is None or session.ended_at is not None:
            return
        if session.heard_at + gap_of(session, self._rules) <= until:
            at = lapses_at(session, self._rules)
            if at <= until:
                self._end(at, Reason.LAPSED)

    @property
    def sessions(self) -> list[Session]:
        """Those that were walked through, oldest first."""
        return self.ended if self.session is None else [*self.ended, self.session]

    @property
    def _is_open(self) -> bool:
        return self.session is not None and self.session.ended_at is None

    def _customer(self, at: int) -> None:
        session = self.session
        if session is None or session.ended_at is not None:
            if session is not None:
                self.ended.append(session)
            new = self._choice.started(self.held, _OPENING, at)
            self.session = Session(at, at, tuple(new), waiting_since=at)
            return
        if session.resolved_at is not None:
            self._reopen(at, Status.OPEN)
            session = self._now
        if session.waiting_since is not None:
            self.session = replace(session, heard_at=at)
            self._each({Measure.WINDOW}, lambda clock: clocks.extend(clock, at))
            return
        new = self._started(at, _NEXT if session.replied else _FIRST, session)
        self.session = replace(
            session,
            heard_at=at,
            waiting_since=at,
            clocks=(*session.clocks, *new) if new else session.clocks,
        )
        self._pause_or_resume(at)

    def _outbound(self, turn: Turn) -> None:
        if turn.ref in self._undelivered:
            return
        session = self._now
        at, author, nature = turn.at, turn.author, turn.nature
        is_unknown = author is AuthorKind.UNKNOWN
        if is_unknown:
            author = self._rules.unknown_author
        if author is None or nature is None:
            self.session = replace(session, heard_at=at)
            return
        reason = Reason.UNKNOWN_AUTHOR if is_unknown else None
        now = session.clocks
        is_reply: bool | None = None
        for number, clock in enumerate(session.clocks):
            if clock.over_at is not None or clock.measure not in _WAITS:
                continue
            counts = clocks.policy_of(clock, self._rules).counts(author, nature)
            if not clock.shadow:
                is_reply = counts
            if counts:
                over = clocks.end(
                    clock, at, answered=True, author=turn.by, reason=reason
                )
                now = (*now[:number], over, *now[number + 1 :])
        if is_reply is None:
            policy = self._choice.policy(self.held, at) or _NO_POLICY
            is_reply = policy.counts(author, nature)
        if not is_reply:
            self.session = replace(session, heard_at=at, clocks=now)
            return
        self.session = replace(
            session, heard_at=at, clocks=now, replied=True, waiting_since=None
        )
        self._pause_or_resume(at)

    def _status(self, turn: Turn) -> None:
        at, status = turn.at, turn.status or Status.OPEN
        session = self._now
        if status is not Status.RESOLVED:
            if session.resolved_at is not None:
                self._reopen(at, status)
            else:
                self.session = replace(session, status=status)
            self._pause_or_resume(at)
        elif session.resolved_at is None:
            self._end_wait(at, Reason.RESOLVED)
            self._each(
                {Measure.RESOLUTION},
                lambda c: clocks.end(c, at, answered=True, reason=Reason.RESOLVED),
            )
            self.session = replace(self._now, status=status, resolved_at=at)

    def _reopen(self, at: int, status: Status) -> None:
        session = replace(self._now, status=status, resolved_at=None)
        found = list(session.clocks)
        last = {
            clock.shadow: number
            for number, clock in enumerate(found)
            if clock.measure is Measure.RESOLUTION
        }
        anew = []
        for shadow, number in last.items():
            clock = found[number]
            if clocks.policy_of(clock, self._rules).on_reopen is OnReopen.TOTAL:
                calendar = clocks.calendar_of(clock, self._rules)
                found[number] = clocks.reopen(clock, at, calendar)
            else:
                anew.append(shadow)
        found += [
            clock
            for clock in self._started(at, _RESOLUTION, session)
            if clock.shadow in anew
        ]
        self.session = replace(session, clocks=tuple(found))

    def _end_wait(self, at: int, reason: Reason) -> None:
        """Nobody waits any more, and nobody was answered."""
        self._each(_WAITS, lambda c: clocks.end(c, at, answered=False, reason=reason))
        self.session = replace(self._now, waiting_since=None)

    def _end(self, at: int, reason: Reason) -> None:
        self._end_wait(at, reason)
        done = reason is Reason.CLOSED
        self._each(
            {Measure.RESOLUTION},
            lambda c: clocks.end(c, at, answered=done, reason=reason),
        )
        self.session = replace(self._now, ended_at=at, end_reason=reason)

    def _pause_or_resume(self, at: int) -> None:
        """Resolution stands still while the customer has the word (semantics 2.8)."""
        session = self._now
        for clock in session.clocks:
            if clock.measure is Measure.RESOLUTION:
                break
        else:
            return

        def turned(clock: Clock) -> Clock:
            stops = (
                session.waiting_since is None
                and session.status in clocks.policy_of(clock, self._rules).pause_on
            )
            if stops is (clock.paused_at is not None):
                return clock
            if stops:
                return clocks.pause(clock, at)
            return clocks.resume(clock, at, clocks.calendar_of(clock, self._rules))

        self._each({Measure.RESOLUTION}, turned)

    def _hold(self, turn: Turn) -> None:
        before = self.held
        self.held = before.after(turn.said or ())
        if self._is_open and self.held.is_other_work(before):
            at, held = turn.at, self.held
            self._each(
                frozenset(Measure), lambda clock: self._choice.again(clock, held, at)
            )
            self._pause_or_resume(at)

    def _started(self, at: int, measures: Measures, session: Session) -> list[Clock]:
        """New clocks, but where a shadow's earlier one still runs."""
        running = {
            (clock.measure, clock.shadow)
            for clock in session.clocks
            if clock.over_at is None
        }
        return [
            clock
            for clock in self._choice.started(self.held, measures, at)
            if (clock.measure, clock.shadow) not in running
        ]

    def _each(
        self, measures: Collection[Measure], change: Callable[[Clock], Clock]
    ) -> None:
        """Change the running clocks of `measures`."""
        session = self._now
        changed = tuple(
            [
                change(clock)
                if clock.over_at is None and clock.measure in measures
                else clock
                for clock in session.clocks
            ]
        )
        if any(a is not b for a, b in zip(changed, session.clocks, strict=True)):
            self.session = replace(session, clocks=changed)

    @property
    def _now(self) -> Session:
        if self.session is None:  # pragma: no cover  asked for open ones only
            raise LookupError("no session")
        return self.session


_NO_POLICY = Policy(name="", match={}, targets=())
