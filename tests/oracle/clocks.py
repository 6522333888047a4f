"""The clocks of one conversation: which run, by which policy, what starts them.

What they count is in `cycle.py`, what moves them in `simulator.py`.
"""

from tests.oracle.cycle import Cycle
from tests.oracle.promises import Promises
from tests.oracle.session import Session


class Clocks:
    """All cycles of the conversation, and what its work is."""

    def __init__(self, promises: Promises) -> None:
        self.promises = promises
        self.cycles: list[Cycle] = []
        self.sessions: list[Session] = []
        self.session: Session | None = None
        self.last: Session | None = None
        self.held: dict[str, str | None] = {}
        self.tags: frozenset[str] = frozenset()

    @property
    def holder(self) -> tuple[str | None, str | None]:
        return self.held.get("queue") or "unrouted", self.held.get("assignee")

    def warn(self, now: int) -> None:
        """A warning point passes with the clock running, by the policy of now."""
        for cycle in self.running():
            if cycle.verdict is None and cycle.warns_at == now > cycle.start:
                cycle.warned.append(now)

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

    def choose_again(self, now: int, due: list[Cycle]) -> None:
        """Each running clock under the policy that applies now (2.11)."""
        for cycle in self.running():
            if cycle.verdict or any(cycle is one for one in due):
                continue
            policy = self.promises.choose(self.held, cycle.tags, cycle.hours)
            promise = policy and policy.get(cycle.measure)
            if not promise:
                cycle.verdict, cycle.holder = "cancelled", self.holder
                cycle.stop(now, "no_promise")
            elif promise.policy != cycle.promise.policy:
                cycle.promise = promise
                cycle.live_anew(now)

    def promise(self, now: int, session: Session) -> None:
        """What the new policy promises and the old did not starts now (2.11)."""
        since = session.waits_since
        if since is not None:
            for measure in (
                "next_reply" if session.replied else "first_reply",
                "window",
            ):
                self.start_late(measure, since, now, session)
        if not session.resolved:
            starts = [c.start for c in session.cycles if c.measure == "resolution"]
            self.start_late("resolution", max([session.opened, *starts]), now, session)

    def start_late(self, measure: str, since: int, now: int, session: Session) -> None:
        known = [
            cycle
            for cycle in session.cycles
            if cycle.measure == measure and cycle.start == since
        ]
        if any(cycle.why != "no_promise" for cycle in known):
            return
        cycle = self.start(measure, since)
        if cycle is None:
            return
        for old in known:
            cycle.warned += old.warned
            self.cycles.remove(old)
            session.cycles.remove(old)
        for second in range(since, now):
            cycle.live(second)
        cycle.window_end = session.asked + self.promises.window
        cycle.promised(now)

    def start(self, measure: str, now: int) -> Cycle | None:
        hours = self.promises.hours(self.held, now)
        policy = self.promises.choose(self.held, self.tags, hours)
        promise = policy and policy.get(measure)
        session = self.session
        if not promise or session is None:
            return None
        cycle = Cycle(measure, now, promise, self.tags, hours)
        cycle.window_end = now + self.promises.window
        self.cycles.append(cycle)
        session.cycles.append(cycle)
        return cycle

    def stop(self, now: int, why: str, verdict: str, *measures: str) -> None:
        """The wait is over; `verdict` stands if the deadline had not passed."""
        self.stop_all(now, why, verdict, self.running(*measures))

    def stop_all(self, now: int, why: str, verdict: str, cycles: list[Cycle]) -> None:
        by_silence = why in ("abandoned", "unresolved")
        for cycle in cycles:
            if cycle.verdict is None:
                assert not by_silence or cycle.ends_at != now
                cycle.verdict, cycle.holder = verdict, self.holder
            cycle.stop(now, why)
