"""Live traffic: what it says of itself is what the rules make of it."""

from collections import Counter

from bench.traffic import Traffic
from dev.places import CONFIG
from stream.config import load_config
from stream.records import decode_event
from stream.replay.replay import Replay
from stream.sla.facts import FactKind
from stream.sla.instants import from_ms, parse_rfc3339

RULES = load_config(CONFIG).rules()
START = parse_rfc3339("2026-11-23T09:00:00Z")


def told(traffic: Traffic) -> Counter[FactKind]:
    """How many facts of each kind come of it, each event arriving in its slot."""
    run = Replay(RULES)
    facts = []
    for slot in traffic.slots():
        for records in slot.partitions:
            events = [decode_event(value) for _, value in records]
            assert all(event.occurred_at <= from_ms(slot.at + 50) for event in events)
            facts += run.lines([value for _, value in records])
    facts += run.run_until(START + 120_000)
    return Counter(fact.kind for fact in facts)


def test_steady_traffic_breaks_as_many_as_it_says():
    """One customer in twenty waits in vain, all others are answered in time."""
    traffic = Traffic(RULES, START, seconds=10)
    traffic.steady(200, until=8)
    facts = told(traffic)
    assert facts[FactKind.BREACHED] == traffic.breaches == 40
    assert facts[FactKind.MET] == 760
    assert traffic.events == 1560


def test_a_burst_is_due_within_one_second():
    """Every deadline of the burst lies in the second that was asked for."""
    traffic = Traffic(RULES, START, seconds=12)
    traffic.burst(300, written_within=4, due=8)
    run = Replay(RULES)
    facts = []
    for slot in traffic.slots():
        for records in slot.partitions:
            facts += run.lines([value for _, value in records])
    facts += run.run_until(START + 60_000)
    due = [fact.at for fact in facts if fact.kind is FactKind.BREACHED]
    assert len(due) == traffic.breaches == 300
    assert min(due) >= START + 8000
    assert max(due) < START + 9000
