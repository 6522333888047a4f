"""What is told, and when, over random conversations (semantics 6.11 to 6.13, 2.4)."""

from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from stream.config import parse_config
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.facts import Fact
from stream.sla.instants import HOUR
from tests.oracle.conversations import conversations, promises, told
from tests.oracle.listening import (
    QUIET,
    delayed,
    is_certain,
    may_reopen,
    names,
    replayed,
    says_reopened,
    taken_back,
)
from tests.oracle.outcomes import outcomes
from tests.scenarios.almanac import Almanac
from tests.scenarios.phrases import Scribe

slow = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def coming_back() -> list[Fact]:
    """A question and its answer come to light; the next one waits as before."""
    config = """
version: 1
policies: [{name: all, targets: {first_reply: 10m, next_reply: 20m}}]
alerts: {routes: [{to: a}], receivers: {a: {slack: {channel: C0AAAAAA}}}}
"""
    happened = Scribe(Almanac("UTC"), "whatsapp", "1")
    events = [
        happened.event("Mon 09:00", "customer c1"),
        happened.event("Mon 09:04", "Ana replies r1"),
        happened.event("Mon 09:06", "customer c2"),
        happened.event("Mon 09:05", "customer c3", "arrives 09:40"),
        happened.event("Mon 09:05:30", "Ana replies r2", "arrives 09:41"),
    ]
    run = Replay(parse_config(config, "sla.yaml").rules())
    facts = [*run.lines([encode_event(event) for event in events])]
    return [*facts, *run.run_until(run.now + HOUR)]


def firsts(facts: list[Fact]) -> list[Fact]:
    """What a consumer has that keeps the first of each id."""
    return list({fact.fact_id: fact for fact in reversed(facts)}.values())[::-1]


def test_who_waits_is_not_lost_to_who_keeps_the_first_of_each_id():
    """The customer of 09:06 waits, and the breach of 09:26 stands (6.11)."""
    facts = coming_back()
    kept = sorted(firsts(facts), key=facts.index)

    assert outcomes(kept) == outcomes(facts)


@slow
@given(given=promises(), events=conversations(), data=st.data())
def test_each_statement_has_a_name_of_its_own(given, events, data):
    """A consumer that keeps the first of each `fact_id` misses nothing (6.11)."""
    late = data.draw(delayed(events))
    note(told(late))
    found = names(replayed(given, late))

    assert len(found) == len(set(found))


def test_nobody_waits_less_than_nothing():
    """A wait that news undoes has no length below zero."""
    waits = [fact.waited_ms for fact in coming_back() if fact.waited_ms is not None]

    assert min(waits) >= 0


@slow
@given(
    given=promises(),
    events=conversations(),
    lateness=st.sampled_from([2, 60, 600]),
    data=st.data(),
)
def test_nothing_is_concluded_before_the_lateness_is_over(
    given, events, lateness, data
):
    """What is heard within `allowed_lateness` takes no breach back (6.13, 3.3)."""
    events = [event for event in events if is_certain(event)]
    assume(events)
    late = data.draw(delayed(events, [0, lateness // 2, lateness]))
    note(told(late))

    assert taken_back(replayed(given, late, lateness=lateness)) == []


@slow
@given(given=promises(), events=conversations(motifs=QUIET), data=st.data())
def test_what_was_not_reopened_is_not_said_to_be(given, events, data):
    """`reopened` is said only where something came after a resolution (2.4)."""
    assume(not may_reopen(events))
    late = data.draw(delayed(events))
    note(told(late))

    assert not says_reopened(replayed(given, late))
