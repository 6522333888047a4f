"""What should have come of one conversation, second by second.

Written from `semantics.md` and the decisions of ADR 0007, and from nothing else: no
timeline, no table, no arithmetic of deadlines. A cycle counts the seconds it lived;
it is slow, and easy to check by reading. All instants are whole seconds.
"""

from collections import defaultdict

from stream.sla.events import (
    AuthorKind,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    MessageEvent,
    Nature,
    NoReplyNeededEvent,
    Status,
    StatusEvent,
)
from tests.oracle.clocks import Clocks
from tests.oracle.cycle import Cycle
from tests.oracle.instant import rank, refuse_what_is_unclear
from tests.oracle.promises import REPLIES, Promises
from tests.oracle.session import Session
from tests.oracle.words import is_customers, said_of, true_author

PUBLIC = {
    Nature.PLAIN,
    Nature.CALL,
    Nature.TEMPLATE,
    Nature.CAMPAIGN,
    Nature.AUTOMATION,
}
HOLDERS = ("queue", "assignee")


class Simulator(Clocks):
    """Walks one conversation; `cycles` is what came of it."""

    def __init__(self, promises: Promises, events: list[Event]) -> None:
        super().__init__(promises)
        self.is_spam = False
        receipts = [event for event in events if isinstance(event, DeliveryEvent)]
        failed = {r.message_id for r in receipts if r.state is DeliveryState.FAILED}
        reached = {
            receipt.message_id
            for receipt in receipts
            if receipt.state in (DeliveryState.DELIVERED, DeliveryState.READ)
        }
        self.failed = failed - reached
        self.events = events

    def run(self) -> list[Cycle]:
        """Until nothing can happen any more."""
        agenda: dict[int, list[Event]] = defaultdict(list)
        for event in self.events:
            agenda[event.at // 1000].append(event)
        now, last = min(agenda), max(agenda)
        while now <= last or self.session is not None:
            self.second(now, sorted(agenda.get(now, []), key=rank))
            now += 1
        return self.cycles

    def second(self, now: int, events: list[Event]) -> None:
        """All that happens at the instant at which this second begins, and in it."""
        holder = self.holder
        due = [c for c in self.running() if c.ends_at == now and not c.verdict]
        if events:
            refuse_what_is_unclear(events)
            self.attributes(now, events, due)
        for event in events:
            self.happen(now, event)
        for cycle in self.running():
            if cycle.breach(now):
                # An assignment at the very deadline is too late, but for one that
                # brought it about (6.2, 2.11).
                is_old = any(cycle is one for one in due)
                cycle.holder = holder if is_old else self.holder
        self.silence(now)
        self.warn(now)
        for cycle in self.running():
            cycle.paused = self.is_paused(cycle)
            if not cycle.paused:
                cycle.live(now)

    def silence(self, now: int) -> None:
        """What silence ends: a wait, an open resolution, then the session (2.13)."""
        session, given = self.session, self.promises
        if session is None:
            return
        since = session.waits_since
        if (
            since is not None
            and now >= max(session.last_word, since) + given.abandon_after
        ):
            self.give_up_waiting(now, "abandoned")
        is_old = now >= session.last_word + given.unresolved_after
        if is_old and self.running("resolution"):
            self.stop(now, "unresolved", "cancelled", "resolution")
            session.owed_until = now
        is_owed = session.waits or self.running("resolution")
        if not is_owed and now >= session.lapses_at(given.gap):
            self.over(now, "lapsed", session)

    def over(self, now: int, why: str, session: Session) -> None:
        session.ended, session.why = now, why
        self.session, self.last = None, session

    def attributes(self, now: int, events: list[Event], due: list[Cycle]) -> None:
        before, tags_before = dict(self.held), self.tags
        for event in events:
            said, tags = said_of(event)
            self.held |= said
            self.tags = self.tags if tags is None else tags
        session = self.session
        if session is None:
            return
        names = ("queue", "priority", "tier")
        if any(self.held.get(name) != before.get(name) for name in names):
            self.choose_again(now, due)
            hours = self.promises.hours(before, now)
            old = self.promises.named(before, tags_before, hours)
            hours = self.promises.hours(self.held, now)
            if old != self.promises.named(self.held, self.tags, hours):
                self.promise(now, session)
        if any(
            self.held.get(name) and self.held.get(name) != before.get(name)
            for name in HOLDERS
        ):
            self.hand_over(now)

    def hand_over(self, now: int) -> None:
        """From a machine to a human: a customer is waiting again (2.17)."""
        session = self.session
        if session is None or not session.by_machine or session.waits:
            return
        session.waits_since = now
        known = [
            c for c in session.cycles if (c.measure, c.start) == ("next_reply", now)
        ]
        if known:
            # The machine answered in this very instant: the same wait (6.3).
            known[-1].run_on()
        else:
            self.start("next_reply", now)

    def happen(self, now: int, event: Event) -> None:
        tag = event.__struct_config__.tag
        match event:
            case MessageEvent(direction=Direction.INBOUND):
                if is_customers(event) and not self.is_spam:
                    self.customer(now)
            case MessageEvent():
                self.outbound(now, event)
            case NoReplyNeededEvent():
                self.give_up_waiting(now, "no_reply_needed")
            case StatusEvent(status=Status.CLOSED):
                self.end(now, "closed")
            case StatusEvent():
                self.status(now, event.status)
            case _ if tag in ("spam", "merged"):
                session = self.session or self.last
                self.end(now, tag)
                if tag == "spam" and session is not None:
                    self.retract(now, session)

    def customer(self, now: int) -> None:
        if self.session is None:
            self.session = Session(now, now)
            self.sessions.append(self.session)
            self.start("resolution", now)
        elif self.session.resolved:
            self.reopen(now)
        session = self.session
        session.last_word = session.asked = now
        if session.asked_since is None:
            session.asked_since = now
        if not session.waits:
            session.waits_since = now
            self.start("next_reply" if session.replied else "first_reply", now)
            self.start("window", now)
        for cycle in self.running("window"):
            if cycle.verdict is None:
                cycle.window_end = now + self.promises.window
                cycle.forget_untold(now)

    def outbound(self, now: int, event: MessageEvent) -> None:
        if event.message_id in self.failed:
            return
        author, nature = true_author(event, self.events)
        if self.is_spam and nature is Nature.PLAIN:
            is_agent = author in (AuthorKind.AGENT, AuthorKind.UNKNOWN)
            self.is_spam = not is_agent
        session = self.session
        if session is None:
            return
        since, instant = session.asked_since, self.promises.instant
        is_typed = nature is not Nature.CALL
        if author is AuthorKind.UNKNOWN and since is not None and is_typed:
            is_instant = instant > 0 and now <= since + instant
            author = AuthorKind.BOT if is_instant else author
        if nature in PUBLIC:
            session.last_word = now
            session.asked_since = None
        if not self.answer(now, author, nature):
            return
        session.replied = True
        if author is AuthorKind.UNKNOWN:
            author = self.promises.unknown
        is_machine = (
            author in (AuthorKind.BOT, AuthorKind.SYSTEM) or nature is Nature.AUTOMATION
        )
        session.by_machine = is_machine and (session.waits or session.by_machine)
        session.waits_since = None

    def answer(self, now: int, author: AuthorKind, nature: Nature) -> bool:
        """Stops what counts it (2.1); whether the customer has an answer now.

        The reply's clock says so, and where none runs the policy that applies.
        """
        counts = self.promises.counts
        running = self.running(*REPLIES, "window")
        stopped = [c for c in running if counts(author, nature, c.promise.counts_also)]
        replies = [cycle for cycle in running if cycle.measure in REPLIES]
        self.stop_all(now, "reply", "met", stopped)
        if replies:
            return any(cycle in stopped for cycle in replies)
        hours = self.promises.hours(self.held, now)
        also = self.promises.counted(self.held, self.tags, hours)
        return counts(author, nature, also)

    def status(self, now: int, status: Status) -> None:
        session = self.session
        if session is None:
            return
        if status is Status.RESOLVED:
            if not session.resolved:
                session.resolved = True
                self.give_up_waiting(now, "resolved")
                if self.running("resolution"):
                    session.owed_until = now
                self.stop(now, "resolved", "met", "resolution")
            session.status = status
        elif session.resolved:
            self.reopen(now)
            session.status = status
        else:
            session.status = status
            if status is Status.OPEN:
                self.hand_over(now)

    def reopen(self, now: int) -> None:
        session = self.session
        assert session is not None
        session.resolved, session.status = False, Status.OPEN
        known = [c for c in session.cycles if c.measure == "resolution"]
        if not known:
            return
        cycle = known[-1]
        if self.begins_anew(now, cycle):
            self.start("resolution", now)
            return
        if cycle.verdict != "breached" and cycle.ends_at is not None:
            cycle.used_up_at = now  # in time at the very deadline; nothing is left
        if cycle.warn_at is not None and cycle.warn_at == cycle.over_at:
            cycle.warn_at = now  # a success at the very point came before it
        cycle.run_on()

    def begins_anew(self, now: int, cycle: Cycle) -> bool:
        """A reopening of the very instant in which it began is the same cycle (6.3)."""
        return not cycle.promise.total and cycle.start != now

    def give_up_waiting(self, now: int, why: str) -> None:
        session = self.session
        if session is None or not (session.waits or session.by_machine):
            return
        session.waits_since, session.by_machine, session.owed_until = None, False, now
        self.stop(now, why, "cancelled", *REPLIES, "window")

    def end(self, now: int, why: str) -> None:
        session = self.session
        if session is None:
            return
        solved = why == "closed" and session.replied
        self.stop(now, why, "cancelled", *REPLIES, "window")
        self.stop(now, why, "met" if solved else "cancelled", "resolution")
        self.over(now, why, session)

    def retract(self, now: int, session: Session) -> None:
        """What spam broke was no promise, and the matter was none (6.4, 2.7)."""
        if not self.is_spam:
            session.ended, session.why = now, "spam"
        self.is_spam = True
        for cycle in session.cycles:
            if cycle.verdict == "breached":
                cycle.verdict, cycle.deadline = "cancelled", None
                cycle.holder = (None, None)
                cycle.why, cycle.over_at = "spam", cycle.over_at or now
