"""The course of a conversation: from its turns to its sessions and clocks.

One turn at a time, in order of event time, so that the newest event costs one step,
and one that comes late costs walking again from where memory begins; both end in
the same sessions (semantics 3.2). Nothing is concluded here: a deadline that passed
is the business of `stream.sla.verdicts`.
"""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from stream.sla import clock as clocks
from stream.sla import ends
from stream.sla.choice import Choice
from stream.sla.clock import Clock, Key
from stream.sla.ends import REPLIES, WAITS
from stream.sla.events import AuthorKind, Nature, Status
from stream.sla.facts import WINDOW, Reason
from stream.sla.held import Held
from stream.sla.policy import Policy, Rules
from stream.sla.promises import FIRST, NEXT, OPENING, Promises
from stream.sla.session import Session, rules_of
from stream.sla.speaker import speaker
from stream.sla.timeline import (
    CUSTOMER,
    END,
    NO_REPLY_NEEDED,
    OUTBOUND,
    STATUS,
    Turn,
)

_WINDOW = frozenset({WINDOW})
_MACHINES = frozenset({AuthorKind.BOT, AuthorKind.SYSTEM})
_AGENTS = frozenset({AuthorKind.AGENT, AuthorKind.UNKNOWN})
_NO_POLICY = Policy(name="", match={}, targets=())


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
        self._undelivered = undelivered

    def walk(self, turns: Iterable[Turn]) -> None:
        for turn in turns:
            self.pass_silence(turn.at - 1)  # a word at its very end is in it (6.1)
            if turn.said is not None:
                self._hold(turn)
            session = self.session
            if turn.kind is CUSTOMER:
                self._customer(turn.at)
            elif session is None:
                continue
            elif session.ended_at is not None:
                self._afterwards(session, turn)
            else:
                self._step(session, turn)

    def pass_silence(self, until: int) -> None:
        """End what silence ends by `until`."""
        session = self.session
        if session is not None and session.ended_at is None:
            self.session = ends.pass_silence(session, until, self._rules)

    @property
    def _promises(self) -> Promises:
        return Promises(self._choice, self._rules)  # few turns promise anything

    @property
    def sessions(self) -> list[Session]:
        """Those that were walked through, oldest first."""
        return self.ended if self.session is None else [*self.ended, self.session]

    def _step(self, session: Session, turn: Turn) -> None:
        """What happens in an open session, but for the customer's words."""
        kind, at = turn.kind, turn.at
        if kind is OUTBOUND:
            self._outbound(session, turn)
        elif kind is STATUS:
            self._status(session, turn)
        elif kind is NO_REPLY_NEEDED:
            over = ends.end_wait(session, at, Reason.NO_REPLY_NEEDED)
            self.session = ends.pause_or_resume(over, at, self._rules)
        elif kind is END:
            self.session = ends.end_session(session, at, turn.reason or Reason.CLOSED)

    def _customer(self, at: int) -> None:
        session = self.session
        if session is None or session.ended_at is not None:
            if session is not None:
                if session.is_blocked:
                    return  # spam goes on (semantics 6.4)
                self.ended.append(session)
            new = self._choice.started(self.held, OPENING, at)
            self.session = Session(
                at, at, tuple(new), waiting_since=at, asked_at=at, asked_since=at
            )
            return
        if session.resolved_at is not None:
            session = self._reopened(session, at, Status.OPEN)
        since = session.asked_since or at
        if session.waiting_since is not None:
            heard = replace(session, heard_at=at, asked_at=at, asked_since=since)
            self.session = ends.each(heard, _WINDOW, lambda c: clocks.extend(c, at))
            return
        wanted = NEXT if session.replied else FIRST
        new = self._promises.started(session, self.held, wanted, at)
        session = replace(
            session,
            heard_at=at,
            asked_at=at,
            asked_since=since,
            waiting_since=at,
            clocks=(*session.clocks, *new) if new else session.clocks,
        )
        self.session = ends.pause_or_resume(session, at, self._rules)

    def _outbound(self, session: Session, turn: Turn) -> None:
        if turn.ref in self._undelivered:
            return
        at, author, nature = turn.at, turn.author, turn.nature
        is_unknown = author is AuthorKind.UNKNOWN
        if is_unknown:
            rules = rules_of(session, self._rules)
            author = speaker(turn, session.asked_since, rules)
        heard = replace(session, heard_at=at, asked_since=0)
        if author is None or nature is None:
            self.session = heard
            return
        reason = Reason.UNKNOWN_AUTHOR if is_unknown else None
        now, counting = session.clocks, dict[bool, bool]()
        for number, clock in enumerate(session.clocks):
            if clock.over_at is not None or clock.measure not in WAITS:
                continue
            counts = clocks.policy_of(clock, self._rules).counts(author, nature)
            if not clock.shadow:
                counting[clock.measure in REPLIES] = counts
            if counts:
                over = clocks.end(
                    clock, at, answered=True, author=turn.by, reason=reason
                )
                now = (*now[:number], over, *now[number + 1 :])
        # Whether somebody waits the reply's clock says, else the window's, else the
        # policy that the work asks for.
        is_reply = counting.get(True, counting.get(False))
        if is_reply is None:
            choice = self._choice.under(rules_of(session, self._rules))
            policy = choice.policy(self.held, at) or _NO_POLICY
            is_reply = policy.counts(author, nature)
        if not is_reply:
            self.session = replace(heard, clocks=now)
            return
        is_machine = author in _MACHINES or nature is Nature.AUTOMATION
        waited = session.waiting_since is not None
        answered = replace(
            heard,
            clocks=now,
            replied=True,
            waiting_since=None,
            by_machine=is_machine and (waited or session.by_machine),
        )
        self.session = ends.pause_or_resume(answered, at, self._rules)

    def _status(self, session: Session, turn: Turn) -> None:
        at, status = turn.at, turn.status or Status.OPEN
        if status is Status.RESOLVED:
            if session.resolved_at is None:
                session = ends.end_wait(session, at, Reason.RESOLVED)
                session = ends.end_resolution(
                    session, at, Reason.RESOLVED, answered=True
                )
                self.session = replace(session, status=status, resolved_at=at)
            return
        if session.resolved_at is not None:
            session = self._reopened(session, at, status)
        else:
            session = replace(session, status=status)
            if status is Status.OPEN:
                session = self._promises.hand_over(session, self.held, at)
        self.session = ends.pause_or_resume(session, at, self._rules)

    def _reopened(self, session: Session, at: int, status: Status) -> Session:
        session = replace(session, status=status, resolved_at=None)
        return self._promises.reopen(session, self.held, at)

    def _afterwards(self, session: Session, turn: Turn) -> None:
        """What comes after the end of a session, before the next."""
        if session.is_blocked:
            is_agent = turn.kind is OUTBOUND and turn.author in _AGENTS
            is_delivered = turn.ref not in self._undelivered
            if is_agent and is_delivered and turn.nature is Nature.PLAIN:
                self.session = replace(session, is_blocked=False)
        elif turn.kind is END and turn.reason is Reason.SPAM:
            self.session = ends.retract(session, turn.at)

    def _hold(self, turn: Turn) -> None:
        before, at = self.held, turn.at
        self.held = held = before.after(turn.said or ())
        session = self.session
        if held is before or session is None or session.ended_at is not None:
            return
        if held.is_other_work(before):
            session = self._promises.move(session, before, held, at)
        if (held.queue and held.queue != before.queue) or (
            held.assignee and held.assignee != before.assignee
        ):
            session = self._promises.hand_over(session, held, at)
        self.session = session
