"""Promises: which clocks a session gets, when it begins and when its work moves."""

from msgspec.structs import replace

from stream.sla import clock as clocks
from stream.sla.choice import Choice, Measures
from stream.sla.clock import Clock
from stream.sla.ends import pause_or_resume
from stream.sla.facts import (
    FIRST_REPLY,
    NEXT_REPLY,
    RESOLUTION,
    WINDOW,
    Measure,
    Reason,
)
from stream.sla.held import Held
from stream.sla.policy import OnReopen, Rules
from stream.sla.session import Session

FIRST = frozenset({FIRST_REPLY, WINDOW})
NEXT = frozenset({NEXT_REPLY, WINDOW})
OPENING = FIRST | {RESOLUTION}
_RESOLUTION = frozenset({RESOLUTION})
_NEXT_REPLY = frozenset({NEXT_REPLY})
_IN_ORDER = tuple(Measure)


class Promises:
    """What `choice` promises under `rules`; session in, session out."""

    def __init__(self, choice: Choice, rules: Rules) -> None:
        self._choice = choice
        self._rules = rules

    def started(
        self, session: Session, held: Held, measures: Measures, at: int
    ) -> list[Clock]:
        """New clocks, but where a shadow's earlier one still runs.

        Nor where one began at the same instant: a cycle is known by its start (6.3).
        """
        known = {
            (clock.measure, clock.shadow)
            for clock in session.clocks
            if clock.over_at is None or clock.started_at == at
        }
        return [
            clock
            for clock in self._choice.started(held, measures, at)
            if (clock.measure, clock.shadow) not in known
        ]

    def move(self, session: Session, before: Held, held: Held, at: int) -> Session:
        """The work moved: another policy may apply from now on (semantics 2.11)."""
        is_other = self._choice.is_other(before, held, at)
        kept = []
        for clock in session.clocks:
            again: Clock | None = clock
            if clock.over_at is None:
                again = self._choice.again(clock, held, at)
            if again is None:
                reason = Reason.NO_PROMISE
                again = clocks.end(clock, at, answered=False, reason=reason)
            kept.append(again)
        session = replace(session, clocks=tuple(kept))
        if is_other:
            since = session.waiting_since
            if since is not None:
                waits = NEXT if session.replied else FIRST
                session = self._late(session, held, waits, since, at)
            if session.resolved_at is None:
                cycles = [c.started_at for c in kept if _is_solving(c)]
                start = max([session.opened_at, *cycles])
                session = self._late(session, held, _RESOLUTION, start, at)
        return pause_or_resume(session, at, self._rules)

    def hand_over(self, session: Session, held: Held, at: int) -> Session:
        """A machine's answer met the promise; now a human is awaited (2.17)."""
        if not session.by_machine or session.waiting_since is not None:
            return session
        new = self.started(session, held, _NEXT_REPLY, at)
        # What it answered in this very instant is the same cycle (semantics 6.3).
        known = [
            clocks.run_on(clock)
            if clock.measure is NEXT_REPLY and clock.started_at == at
            else clock
            for clock in session.clocks
        ]
        waiting = replace(session, waiting_since=at, clocks=(*known, *new))
        return pause_or_resume(waiting, at, self._rules)

    def reopen(self, session: Session, held: Held, at: int) -> Session:
        """Solved, and not after all: resolution goes on, or begins anew (2.4)."""
        found = list(session.clocks)
        last = {
            clock.shadow: number
            for number, clock in enumerate(found)
            if clock.measure is RESOLUTION
        }
        anew = []
        for shadow, number in last.items():
            clock = found[number]
            on_reopen = clocks.policy_of(clock, self._rules).on_reopen
            # One that began this very instant is the same cycle (semantics 6.3).
            if on_reopen is OnReopen.TOTAL or clock.started_at == at:
                calendar = clocks.calendar_of(clock, self._rules)
                found[number] = clocks.reopen(clock, at, calendar)
            else:
                anew.append(shadow)
        found += [
            clock
            for clock in self.started(session, held, _RESOLUTION, at)
            if clock.shadow in anew
        ]
        return replace(session, clocks=tuple(found))

    def _late(
        self, session: Session, held: Held, measures: Measures, start: int, at: int
    ) -> Session:
        """Start what is promised from now on of a wait that lasts since `start`."""
        known = {
            clock.measure: clock
            for clock in session.clocks
            if clock.started_at == start and not clock.shadow
        }
        wanted = [
            measure
            for measure in _IN_ORDER
            if measure in measures
            and (measure not in known or known[measure].reason is Reason.NO_PROMISE)
        ]
        new = [
            clocks.counting_from(clock, session.asked_at)
            if clock.measure is WINDOW
            else clock
            for clock in self._choice.started(held, wanted, start, late=True)
            if not clock.shadow
        ]
        new = [clocks.promised(clock, at) for clock in new]
        anew = {clock.measure for clock in new}
        kept = [
            clock
            for clock in session.clocks
            if clock.shadow or clock.started_at != start or clock.measure not in anew
        ]
        return replace(session, clocks=(*kept, *new)) if new else session


def _is_solving(clock: Clock) -> bool:
    return clock.measure is RESOLUTION and not clock.shadow
