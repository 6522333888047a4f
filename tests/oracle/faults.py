"""Nine faults that another hand found in the rules, put back on purpose.

Each is either a simulator that errs as the rules did, or what a consumer would have
been told by rules that err so. `tests/sla/test_faults_found.py` shows that the
examples of the fuzz tests tell each from the truth.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from stream.sla.events import AssignmentEvent, Event
from stream.sla.facts import Fact, FactKind, Reason
from tests.oracle.cycle import Cycle
from tests.oracle.session import Session
from tests.oracle.simulator import Simulator
from tests.oracle.words import said_of


class StartsNothingLate(Simulator):
    """D2: handed on to work that does promise, no clock starts."""

    def promise(self, now: int, session: Session) -> None:
        """Nothing."""


class EndsBeforeWords(Simulator):
    """D4: at the gap's very instant the end comes before the word."""

    def second(self, now: int, events: list[Event]) -> None:
        self.silence(now)
        super().second(now, events)


class LapsesWithTheWindow(Simulator):
    """D5: silence ends the window though the customer waits."""

    def silence(self, now: int) -> None:
        session = self.session
        if session is not None and now >= session.last_word + self.promises.gap:
            self.stop(now, "lapsed", "cancelled", "window")
        super().silence(now)


class CountsForEachOther(Simulator):
    """D6: what answers one clock of a wait is an answer for all."""

    def stop_all(self, now: int, why: str, verdict: str, cycles: list[Cycle]) -> None:
        if why == "reply" and cycles:
            cycles = self.running("first_reply", "next_reply", "window")
        super().stop_all(now, why, verdict, cycles)


class Collides(Simulator):
    """D9: resolved and reopened in its first instant, a second cycle has its id."""

    def begins_anew(self, now: int, cycle: Cycle) -> bool:  # noqa: ARG002  is the fault
        return not cycle.promise.total


def without_the_middle(late: list[Event]) -> list[Event]:
    """D3: an assignment heard late, between two that say the same, is lost."""
    kept: list[Event] = []
    for event in late:
        if isinstance(event, AssignmentEvent) and _is_between_equals(event, kept):
            continue
        kept.append(event)
    return kept


def _is_between_equals(event: Event, heard: list[Event]) -> bool:
    said = [one for one in heard if isinstance(one, AssignmentEvent)]
    before = [one for one in said if one.at < event.at]
    after = [one for one in said if one.at > event.at]
    if not before or not after:
        return False
    last, following = max(before, key=_at), min(after, key=_at)
    return said_of(last) == said_of(following) != said_of(event)


def _at(event: Event) -> int:
    return event.at


def unrestated(facts: Iterable[Fact]) -> list[Fact]:
    """D7: late news that moves only a length, a policy or a holder tells nothing."""
    return [
        fact
        for fact in facts
        if fact.replaces is None or fact.replaces.value != fact.kind.value
    ]


def falsely_reopened(facts: Iterable[Fact]) -> list[Fact]:
    """D8: the end of a pause that turns out to be one says `reopened`."""
    found = list(facts)
    told = {(f.measure, f.cycle) for f in found if f.kind is FactKind.MET}
    return [
        replace(fact, reason=Reason.REOPENED)
        if fact.kind is FactKind.CLOCK_RESUMED and (fact.measure, fact.cycle) in told
        else fact
        for fact in found
    ]


def one_name(facts: Iterable[Fact]) -> list[Fact]:
    """D9: a `fact_id` is of kind, cycle and instant, and used again (6.11)."""
    return [
        replace(fact, fact_id=f"{fact.kind} {fact.measure} {fact.cycle} {fact.at}")
        for fact in facts
    ]
