import pytest

from bench.workload import PARTITIONS, gather, make_workload, write_events
from dev.places import CONFIG
from stream.config import load_config
from stream.records import decode_event
from stream.sla.events import Event
from stream.sla.policy import Rules


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_config(CONFIG).rules()


@pytest.fixture(scope="module")
def events(rules: Rules) -> list[Event]:
    return write_events(rules, 800)


def test_the_same_events_at_every_call(rules: Rules, events: list[Event]):
    """Runs of different days compare the same work."""
    assert len(events) == 800
    assert write_events(rules, 800) == events


def test_a_conversation_stays_in_its_order_in_one_partition(
    rules: Rules, events: list[Event]
):
    """The records of a key are in one partition, in the order of the events."""
    workload = make_workload("many", "many", events, rules)

    assert len(workload.partitions) == PARTITIONS
    assert sum(map(len, workload.partitions)) == workload.events == 800
    places: dict[bytes, set[int]] = {}
    told: dict[bytes, list[str]] = {}
    for number, records in enumerate(workload.partitions):
        for key, value in records:
            places.setdefault(key, set()).add(number)
            told.setdefault(key, []).append(decode_event(value).event_id)
    assert {len(numbers) for numbers in places.values()} == {1}
    assert len(places) == workload.conversations
    for key, ids in told.items():
        name = key.decode()
        assert ids == [e.event_id for e in events if e.conversation_id == name]


def test_few_conversations_are_long_and_of_one_account(
    rules: Rules, events: list[Event]
):
    """Gathered events keep their order and account; few conversations take them."""
    few = gather(events, 8)

    assert [e.event_id for e in few] == [e.event_id for e in events]
    assert make_workload("few", "few", few, rules).conversations <= 16
    accounts: dict[str, set[str]] = {}
    for event in few:
        accounts.setdefault(event.conversation_id, set()).add(event.account)
    assert {len(found) for found in accounts.values()} == {1}
