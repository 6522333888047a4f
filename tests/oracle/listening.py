"""Random conversations as they are heard, and what the rules tell of them."""

from hypothesis import strategies as st
from msgspec.structs import replace

from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.events import (
    DeliveryEvent,
    Direction,
    Event,
    MessageEvent,
    Status,
    StatusEvent,
)
from stream.sla.facts import Fact, FactKind, Reason
from stream.sla.instants import HOUR, from_ms
from stream.worker.table import decode_state, encode_state
from tests.oracle.promises import Promises
from tests.oracle.words import is_customers

LONG_AFTER = 100 * HOUR
"""Every clock is over by then, and nothing is forgotten yet."""

QUIET = ("c", "ca", "cPc", "cPcr", "caPcr", "cPaO", "cPar", "s", "r")
"""Motifs of pauses that are over, and of few reopenings."""

DELAYS = (0, 0, 0, 1, 2, 3, 60, 600, 3000)
"""Seconds."""


@st.composite
def delayed(draw, events, delays=DELAYS):
    """The same events, each some time under way, some of them twice; by arrival."""
    again = draw(st.lists(st.sampled_from(events), max_size=3))
    return sorted(
        (
            replace(
                event,
                received_at=from_ms(event.at + draw(st.sampled_from(delays)) * 1000),
            )
            for event in [*events, *again]
        ),
        key=lambda event: event.arrived,
    )


def replayed(
    given: Promises, events: list[Event], *, cut: bool = False, lateness: int = 2
) -> list[Fact]:
    """The facts of events in order of arrival; `cut`: a worker restarts after each.

    `lateness` is `allowed_lateness`, in seconds.
    """
    rules = given.rules(lateness)
    run, facts = Replay(rules), []
    for number, event in enumerate(events):
        facts += run.lines([encode_event(event)])
        if cut:
            run = _resumed(run, rules, number)
    facts += run.run_until(max(event.arrived for event in events) + LONG_AFTER)
    return facts


def _resumed(run, rules, offset):
    """Another run that goes on from the encoded states of this one."""
    other = Replay(rules)
    other.now = run.now
    for key, state in run.states.items():
        other._keep(key, decode_state(encode_state(offset, state)).conversation)
    return other


def may_reopen(events: list[Event]) -> bool:
    """Whether anything that reopens happens at or after a resolution (2.4)."""
    resolved = [
        event.at
        for event in events
        if isinstance(event, StatusEvent) and event.status is Status.RESOLVED
    ]
    return bool(resolved) and any(
        event.at >= min(resolved) for event in events if _reopens(event)
    )


def _reopens(event: Event) -> bool:
    if isinstance(event, StatusEvent):
        return event.status not in (Status.RESOLVED, Status.CLOSED)
    is_inbound = isinstance(event, MessageEvent) and (
        event.direction is Direction.INBOUND
    )
    return is_inbound and is_customers(event)


def says_reopened(facts: list[Fact]) -> bool:
    return any(fact.reason is Reason.REOPENED for fact in facts)


def taken_back(facts: list[Fact]) -> list[Fact]:
    """What says that a breach was none, or another one."""
    return [fact for fact in facts if fact.replaces == FactKind.BREACHED.value]


def is_certain(event: Event) -> bool:
    """Whether it changes nothing that was so before it: no spam, no receipt."""
    tag = event.__struct_config__.tag
    return tag != "spam" and not isinstance(event, DeliveryEvent)


def names(facts: list[Fact]) -> list[str]:
    return [fact.fact_id for fact in facts]
