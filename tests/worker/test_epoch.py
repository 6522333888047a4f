"""A new epoch of the events: what a worker makes of offsets that begin again."""

from collections.abc import AsyncIterator

import pytest
from aiokafka.structs import TopicPartition
from msgspec.structs import replace

from stream.engine import EngineError
from stream.process.settings import Settings
from stream.records import encode_event
from stream.sla.facts import FactKind
from stream.sla.instants import SECOND, from_ms
from stream.worker.epoch import Epoch
from stream.worker.table import UNREAD, decode_state, without_offset
from tests.agreement.crowd import gather
from tests.agreement.short_rules import short_rules
from tests.shelf import Record, Shelf, of
from tests.timelines import START, at, customer, reply


class Topics:
    """A reader of the changelog `states`, of one partition, and of events."""

    def __init__(self, *states: Record, events: int = 1) -> None:
        self._states, self._events = states, events

    async def partitions(self, topic: str) -> list[TopicPartition]:
        count = 1 if topic.endswith("changelog") else self._events
        return [TopicPartition(topic, number) for number in range(count)]

    async def bounds(self, logs) -> dict[TopicPartition, tuple[int, int]]:
        return dict.fromkeys(logs, (0, 9))

    async def last(self, _: list[TopicPartition]) -> AsyncIterator[Record]:
        for state in self._states:
            yield state


def begin_anew(shelf: Shelf) -> None:
    """What `Epoch` does: states without offsets, read from the beginning."""
    for states in shelf.states.values():
        states.update({key: without_offset(data) for key, data in states.items()})
    shelf.applied = dict.fromkeys(shelf.applied, 0)


def conversations(shelf: Shelf) -> dict[bytes, object]:
    return {
        key: decode_state(data).conversation
        for states in shelf.states.values()
        for key, data in states.items()
    }


async def test_a_reply_at_a_low_offset_counts():
    """The topic was made anew; without a new epoch the reply would be old."""
    shelf = Shelf()
    shelf.arrive(*(of(f"c{number}", customer(0)) for number in range(9)), customer(0))
    await shelf.work()
    answer = Record(0, b"c", encode_event(reply(3)))

    await shelf.tracker.track(0, [answer])
    assert shelf.told[-1] == "clock_started"
    begin_anew(shelf)
    await shelf.tracker.track(0, [answer])
    assert shelf.told[-1] == "met"
    assert decode_state(shelf.states[0][b"c"]).offset == 0


async def test_who_waits_is_not_forgotten():
    """The event is in no topic any more, and the breach is told."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    shelf.topic[0].clear()
    begin_anew(shelf)
    await shelf.book.restore(0, list(shelf.states[0].items()))

    for _ in range(3):  # two warnings first
        await shelf.tick(at(10) + 2 * SECOND + 1)
    assert shelf.told[-1] == "breached"


@pytest.mark.parametrize("seed", range(4))
async def test_all_is_a_repeat(seed):
    """Whatever happened, once more from the beginning: no new fact, no other state.

    Surveys and purchases, of which no state knows, are told again under their ids.
    """
    shelf = Shelf(short_rules(START))
    shelf.owned = frozenset(range(4))
    for arrival in gather(seed, start=START, seconds=70, count=120):
        shelf.now = arrival.at
        event = replace(arrival.event, received_at=from_ms(arrival.at))
        partition = event.conversation_id.encode()[-1] % 4
        shelf.arrive(event, partition=partition)
        await shelf.work(partition)
        await shelf.timers.tick()
    await shelf.tick(START + 100 * SECOND)
    told, known = len(shelf.facts), conversations(shelf)
    assert told > 400
    begin_anew(shelf)

    for partition in range(4):
        await shelf.work(partition)
        newest = await shelf.book.restore(partition, shelf.states[partition].items())
        assert newest is not None
        assert newest[0] > UNREAD

    before, after = shelf.facts[:told], shelf.facts[told:]
    assert {fact.kind for fact in after} <= {FactKind.SURVEYED, FactKind.PURCHASED}
    assert {f.fact_id for f in after} <= {f.fact_id for f in before}
    assert conversations(shelf) == known


async def test_the_last_event_that_is_in_a_state():
    """Its offset and key, by which the topic is known again; none in a new epoch."""
    shelf = Shelf()
    assert await shelf.book.restore(0, []) is None
    shelf.arrive(of("a", customer(0)), of("b", customer(0)), of("a", reply(1)))
    await shelf.work()

    assert await shelf.book.restore(0, shelf.states[0].items()) == (2, b"a")
    begin_anew(shelf)
    assert await shelf.book.restore(0, shelf.states[0].items()) is None


@pytest.mark.parametrize("data", [b"\x93\x63", b"\xc1\x01"], ids=["newer", "broken"])
async def test_a_state_that_cannot_be_kept(data):
    """One line before anything is done; --rebuild needs no state to be readable."""
    topics = Topics(Record(0, b"a", data), Record(4, b"b", b"x"), Record(5, b"b", None))
    read: list[int] = []

    with pytest.raises(EngineError, match=r"holds what cannot be kept: .* --rebuild"):
        await Epoch(Settings(), topics, rebuild=False).count(read.append)
    assert read == [1, 4, 1, 3]
    assert await Epoch(Settings(), topics, rebuild=True).count(read.append) == {0: 1}


async def test_a_topic_with_another_number_of_partitions():
    """Its conversations would be elsewhere than their states."""
    with pytest.raises(EngineError, match=r"has 1 partitions .* has 3: .* doctor"):
        await Epoch(Settings(), Topics(events=3), rebuild=False).look()


def test_a_rebuild_says_by_which_rules_old_events_are_judged(monkeypatch):
    """Before it is done; where conversations are kept there is nothing to say."""
    monkeypatch.setenv("REPLYCLOCK_CONFIG", "rules/sla.yaml")
    says = Epoch(Settings(), Topics(), rebuild=True).says

    assert "by the rules of today (rules/sla.yaml)" in says
    assert "what others judged may end differently" in says
    assert "rules" not in Epoch(Settings(), Topics(), rebuild=False).says
