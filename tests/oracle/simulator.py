"""What should have come of one conversation, second by second.

Written from `semantics.md` and the decisions of ADR 0007, and from nothing else: no
timeline, no table, no arithmetic of deadlines. A cycle counts the seconds it lived;
it is slow, and easy to check by reading. All instants are whole seconds.
"""

from collections import defaultdict
from dataclasses import dataclass

from stream.sla.events import (
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
from tests.oracle.cycle import Cycle
from tests.oracle.instant import UnclearError, rank, refuse_what_is_unclear
from tests.oracle.promises import REPLIES, Promises
from tests.oracle.words import said_of, true_author

PUBLIC = {
    Nature.PLAIN,
    Nature.CALL,
    Nature.TEMPLATE,
    Nature.CAMPAIGN,
    Nature.AUTOMATION,
}


@dataclass
class Session:
    """One matter."""

    last_word: int
    replied: bool = False
    waits: bool = False
    status: Status = Status.OPEN
    resolved: bool = False
    resolution: Cycle | None = None


class Simulator:
    """Walks one conversation; `cycles` is what came of it."""

    def __init__(self, promises: Promises, events: list[Event]) -> None:
        self.promises = promises
        self.cycles: list[Cycle] = []
        self.session: Session | None = None
        self.held: dict[str, str | None] = {}
        self.tags: frozenset[str] = frozenset()
        self.failed = {
            event.message_id
            for event in events
            if isinstance(event, DeliveryEvent) and event.state is DeliveryState.FAILED
        }
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
        self.lapse(now)
        if events:
            refuse_what_is_unclear(events)
            self.attributes(now, events)
        for event in events:
            self.happen(now, event)
        breached = self.pass_deadlines(now)
        if self.lapse(now) and not breached:
            raise UnclearError("when silence ends what had been held open")
        for cycle in self.running():
            if not cycle.paused:
                cycle.live(now)

    def pass_deadlines(self, now: int) -> bool:
        """Whether a reply clock breaches at this instant."""
        breached = False
        for cycle in self.running():
            was_paused, cycle.paused = cycle.paused, self.is_paused(cycle)
            if was_paused and not cycle.paused:
                cycle.wake(now)
            if cycle.breach(now):
                cycle.queue = self.held.get("queue") or "unrouted"
                breached |= cycle.measure in REPLIES
        return breached

    def running(self, *measures: str) -> list[Cycle]:
        return [
            cycle
            for cycle in self.cycles
            if cycle.is_running and (not measures or cycle.measure in measures)
        ]

    def is_paused(self, cycle: Cycle) -> bool:
        session = self.session
        return (
            cycle.measure == "resolution"
            and session is not None
            and session.status in cycle.promise.pause_on
            and not session.waits
        )

    def lapse(self, now: int) -> bool:
        """Silence ends the session, unless somebody was promised an answer."""
        session = self.session
        gap = self.promises.gap
        if session is None or now < session.last_word + gap:
            return False
        for cycle in self.running(*REPLIES):
            broken = cycle.deadline
            if cycle.verdict is None:
                return False
            is_held = broken is not None and session.last_word + gap < broken
            if is_held and now < (broken or 0) + gap:
                return False
        self.stop(now, "lapsed", "cancelled")
        self.session = None
        return True

    def attributes(self, now: int, events: list[Event]) -> None:
        before = dict(self.held)
        for event in events:
            said, tags = said_of(event)
            self.held |= said
            self.tags = self.tags if tags is None else tags
        names = ("queue", "priority", "tier")
        if all(self.held.get(name) == before.get(name) for name in names):
            return
        for cycle in self.running():
            if cycle.verdict is None:
                policy = self.promises.choose(self.held, cycle.tags, cycle.hours)
                promise = policy and policy.get(cycle.measure)
                if promise and promise.policy != cycle.promise.policy:
                    if (
                        cycle.was_interrupted
                        and promise.calendar != cycle.promise.calendar
                    ):
                        raise UnclearError("whose open time the time before a pause is")
                    cycle.promise = promise
                    cycle.live_anew()
                    if cycle.used_up_at is not None and cycle.was_interrupted:
                        # Known: scenario "After a pause a stricter policy ...".
                        raise UnclearError("whether a paused clock can be over")
                    if cycle.used_up_at is not None and cycle.used_up_at < now:
                        cycle.breach(now)

    def happen(self, now: int, event: Event) -> None:
        match event:
            case MessageEvent(direction=Direction.INBOUND):
                if event.nature in (Nature.PLAIN, Nature.CALL):
                    self.customer(now)
            case MessageEvent():
                self.outbound(now, event)
            case NoReplyNeededEvent():
                self.give_up_waiting(now, "no_reply_needed")
            case StatusEvent(status=Status.CLOSED):
                self.end(now, "closed", "met")
            case StatusEvent():
                self.status(now, event.status)
            case _ if event.__struct_config__.tag in ("spam", "merged"):
                self.end(now, event.__struct_config__.tag, "cancelled")

    def customer(self, now: int) -> None:
        if self.session is None:
            self.session = Session(now)
            self.session.resolution = self.start("resolution", now)
        elif self.session.resolved:
            self.reopen(now)
        session = self.session
        session.last_word = now
        if not session.waits:
            session.waits = True
            self.start("next_reply" if session.replied else "first_reply", now)
            self.start("window", now)
        for cycle in self.running("window"):
            if cycle.verdict is None:
                cycle.window_end = now + self.promises.window

    def outbound(self, now: int, event: MessageEvent) -> None:
        if event.message_id in self.failed or self.session is None:
            return
        author, nature = true_author(event, self.events)
        if nature in PUBLIC:
            self.session.last_word = now
        if self.promises.counts(author, nature):
            self.session.replied = True
            if self.session.waits:
                self.session.waits = False
                self.stop(now, "reply", "met", *REPLIES, "window")

    def status(self, now: int, status: Status) -> None:
        session = self.session
        if session is None:
            return
        if status is Status.RESOLVED:
            if not session.resolved:
                session.resolved = True
                self.give_up_waiting(now, "resolved")
                self.stop(now, "resolved", "met", "resolution")
        elif session.resolved:
            self.reopen(now)
        session.status = status

    def reopen(self, now: int) -> None:
        session = self.session
        assert session is not None
        session.resolved, session.status = False, Status.OPEN
        cycle = session.resolution
        if cycle is None:
            return
        if not cycle.promise.total:
            session.resolution = self.start("resolution", now) or cycle
            return
        cycle.over_at = cycle.why = None
        cycle.paused = False
        cycle.wake(now)
        if cycle.verdict == "met":
            cycle.verdict = None

    def give_up_waiting(self, now: int, why: str) -> None:
        if self.session is not None and self.session.waits:
            self.session.waits = False
            self.stop(now, why, "cancelled", *REPLIES, "window")

    def end(self, now: int, why: str, resolution: str) -> None:
        if self.session is None:
            return
        self.stop(now, why, "cancelled", *REPLIES, "window")
        self.stop(now, why, resolution, "resolution")
        self.session = None

    def start(self, measure: str, now: int) -> Cycle | None:
        hours = self.promises.hours(self.held, now)
        policy = self.promises.choose(self.held, self.tags, hours)
        promise = policy and policy.get(measure)
        if not promise:
            return None
        cycle = Cycle(measure, now, promise, self.tags, hours)
        cycle.window_end = now + self.promises.window
        self.cycles.append(cycle)
        return cycle

    def stop(self, now: int, why: str, verdict: str, *measures: str) -> None:
        """The wait is over; `verdict` stands if the deadline had not passed."""
        for cycle in self.running(*measures):
            if cycle.verdict is None:
                cycle.verdict = verdict
                cycle.deadline = cycle.deadline_if_it_runs_on(now)
            cycle.over_at, cycle.why = now, why
