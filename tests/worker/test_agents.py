"""The tracker: a batch through the rules, with what cannot be read set aside."""

import json

import pytest
from aiokafka.errors import TopicAuthorizationFailedError
from msgspec.structs import replace

from stream.dead_letters.letters import DeadLetterLimitError
from stream.dead_letters.limit import Bounds
from stream.records import encode_event
from stream.sla.conversation import apply
from stream.sla.events import HeartbeatEvent
from stream.sla.instants import from_ms, rfc3339
from stream.worker import agents
from stream.worker.table import decode_state
from tests.shelf import Record, Shelf, of
from tests.sla.test_joining import merged
from tests.timelines import START, at, customer, reply, tags


def stored(shelf: Shelf) -> dict[bytes, int]:
    """The offset that each conversation of partition 0 has seen."""
    return {key: decode_state(data).offset for key, data in shelf.states[0].items()}


async def test_bad_records_are_set_aside_and_the_rest_is_applied():
    """An unreadable record and one under a wrong key do not stop the batch."""
    shelf = Shelf()
    shelf.arrive(
        of("a", customer(0)),
        Record(1, b"a", b'{"text": "call me at 3630"'),
        Record(2, b"elsewhere", encode_event(of("a", reply(1)))),
        Record(3, None, None),
        of("b", customer(0)),
    )

    await shelf.work()

    assert stored(shelf) == {b"a": 0, b"b": 4}
    assert [(key, json.loads(value)) for key, value in shelf.dead] == [
        (
            key,
            {
                "v": 1,
                "topic": "conversations.events",
                "partition": 0,
                "offset": offset,
                "reason": reason,
                "at": rfc3339(START),
            },
        )
        for key, offset, reason in (
            (b"a", 1, "Input data was truncated"),
            (b"elsewhere", 2, "the key is not the conversation_id"),
            (b"", 3, "Input data was truncated"),
        )
    ]
    assert shelf.sample("events_rejected_total", reason="unreadable") == 2
    assert shelf.sample("events_rejected_total", reason="wrong_key") == 1


async def test_a_poisoned_field_stops_nothing():
    """A record nested without end is set aside like any unreadable one."""
    shelf = Shelf()
    nested = b'{"v":1,"kind":"spam","mood":' + b"[" * 2000 + b"]" * 2000 + b"}"
    shelf.arrive(Record(0, b"c", nested), customer(0))

    await shelf.work()

    assert len(shelf.dead) == 1
    assert stored(shelf) == {b"c": 1}


async def test_a_time_at_the_end_of_the_calendar_stops_nothing():
    """A source with a broken clock costs its own record, not the partition."""
    shelf = Shelf()
    late = encode_event(of("z", customer(0)))
    late = late.replace(rfc3339(START).encode(), b"9999-12-31T23:59:59.000Z")
    shelf.arrive(Record(0, b"z", late), customer(0))

    await shelf.work()

    assert b"c" in stored(shelf)


async def test_a_state_too_large_for_kafka_costs_its_record_alone():
    """What a source says a megabyte of is set aside; who waits is still waited for."""
    shelf = Shelf()
    words = tuple(f"{number}" * 20_000 for number in range(10, 60))
    shelf.arrive(customer(0), tags(1, *words), of("b", customer(1)), reply(2))

    await shelf.work()

    (letter,) = [json.loads(value) for _, value in shelf.dead]
    assert letter["offset"] == 1
    assert letter["reason"] == "its state would be over 524288 bytes"
    assert stored(shelf) == {b"c": 3, b"b": 2}
    assert [f.kind.value for f in shelf.facts if f.conversation_id == "c"] == [
        "session_opened",
        "clock_started",
        "met",
    ]
    assert shelf.sample("events_rejected_total", reason="too_large") == 1


async def test_who_waited_before_is_told_though_all_else_is_too_large():
    """The state of before stays, and its clock breaks."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    shelf.arrive(tags(1, "x" * 600_000))
    await shelf.work()

    told = [kind for _ in range(3) for kind in await shelf.tick(at(60))]

    assert told == ["warned", "warned", "breached"]


async def test_an_event_that_the_rules_cannot_take_costs_itself(monkeypatch):
    """A fault of ours is one record's in the dead letters, with its place."""

    def erring(key, state, event, rules, now):
        if getattr(event, "message_id", "") == "r1":
            raise ZeroDivisionError("+36 30 123 4567")
        return apply(key, state, event, rules, now)

    monkeypatch.setattr(agents, "apply", erring)
    shelf = Shelf()
    shelf.arrive(customer(0), reply(1, "r1"), reply(2, "r2"))

    await shelf.work()

    (letter,) = [json.loads(value) for _, value in shelf.dead]
    assert letter["offset"] == 1
    assert letter["reason"].startswith("the rules failed: ZeroDivisionError in test_")
    assert "met" in shelf.told
    assert shelf.sample("events_rejected_total", reason="rules_failed") == 1


async def test_what_moves_is_sent_on_before_all_else():
    """Its words, then the facts that take them back, then the state without them."""
    shelf = Shelf()
    shelf.arrive(customer(0), merged(at(1), "c", "d"), reply(2))

    await shelf.work()

    assert [(e.conversation_id, len(e.turns)) for e in shelf.sent_on] == [
        ("d", 1),
        ("d", 1),
    ]
    assert shelf.calls[0] == "sent on"
    shelf.arrive(*shelf.sent_on)
    await shelf.work()
    assert [f.kind.value for f in shelf.facts if f.conversation_id == "d"] == [
        "session_opened",
        "clock_started",
        "met",
    ]


async def test_a_key_too_long_for_a_letter_stops_nothing():
    """Kafka takes a key of a megabyte, and a letter with it would not fit."""
    shelf = Shelf()
    shelf.arrive(Record(0, b"k" * 1_000_000, b"?"))

    await shelf.work()

    ((key, _),) = shelf.dead
    assert len(key) == 2048


async def test_facts_are_written_before_states():
    """Dead letters, then facts, then states: a crash repeats facts, loses none."""
    shelf = Shelf()
    shelf.arrive(customer(0), Record(1, b"c", b"?"))

    await shelf.work()

    assert shelf.calls == ["dead letters", "facts", "states"]
    assert shelf.told == ["session_opened", "clock_started"]


async def test_a_fact_that_is_not_written_leaves_the_state():
    """When Kafka refuses the facts, state, metrics and deadlines are as before."""
    shelf = Shelf()

    async def refuse(partition, items):
        raise ConnectionError

    shelf.book._write_facts = refuse
    shelf.arrive(customer(0))
    with pytest.raises(ConnectionError):
        await shelf.work()

    assert (shelf.states, shelf.book.deadlines(0).next()) == ({}, None)
    assert shelf.sample("sessions_opened_total", channel="whatsapp", queue="sales") == 0


async def test_what_was_seen_is_skipped():
    """Records at or below the stored offset are repeats: no facts, no new state."""
    shelf = Shelf()
    shelf.arrive(customer(0), reply(1))
    await shelf.work()
    shelf.calls.clear()

    await shelf.tracker.track(0, shelf.topic[0])

    assert shelf.calls == []
    assert shelf.sample("events_duplicate_total", channel="whatsapp") == 2


async def test_a_repeat_does_not_hide_what_is_new():
    """A batch that begins with repeats goes on with what is new."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    shelf.arrive(reply(1))

    await shelf.tracker.track(0, shelf.topic[0])

    assert shelf.told == ["session_opened", "clock_started", "met"]
    assert stored(shelf) == {b"c": 1}


async def test_a_batch_sees_its_own_events():
    """Two events of one conversation in one batch are one state, seen in order."""
    shelf = Shelf()
    shelf.arrive(customer(0), reply(1))

    await shelf.work()

    assert shelf.told == ["session_opened", "clock_started", "met"]
    assert shelf.calls == ["facts", "states"]
    assert stored(shelf) == {b"c": 1}


async def test_a_heartbeat_makes_no_state():
    """A source that is alive is counted and dated, and is no conversation."""
    shelf = Shelf()
    shelf.arrive(
        HeartbeatEvent(
            v=1,
            event_id="h",
            occurred_at=from_ms(START),
            conversation_id="account:1",
            channel=customer(0).channel,
            account="1",
        )
    )

    await shelf.work()

    assert (shelf.states, shelf.facts, shelf.dead) == ({}, [], [])
    assert shelf.sample("events_total", channel="whatsapp", kind="heartbeat") == 1
    seen = shelf.sample("last_event_timestamp_seconds", channel="whatsapp", account="1")
    assert seen == START / 1000


async def test_an_event_from_the_future_is_counted():
    """It happened when it arrived (ADR 7.10); the source's clock wants a look."""
    shelf = Shelf()
    ahead = replace(customer(5), received_at=from_ms(at(0)))
    shelf.arrive(ahead, customer(0, "c2"))
    await shelf.work()

    assert shelf.sample("events_clamped_total", channel="whatsapp") == 1
    assert shelf.facts[0].at == at(0)


async def test_what_is_older_than_we_remember_is_rejected():
    """An event from before what is kept of a conversation is counted as too late."""
    shelf = Shelf()
    weeks = 60 * 24 * 21
    shelf.arrive(customer(0), customer(weeks, "c2"), customer(2 * weeks, "c3"))
    await shelf.work()
    shelf.arrive(customer(1, "c4"))

    await shelf.work()

    assert shelf.sample("events_rejected_total", reason="too_late") == 1
    assert shelf.dead == []


# -- the limit of dead letters


def bad(offset: int) -> Record:
    return Record(offset, b"c", b"{}")


async def test_too_many_dead_letters_stop_the_batch():
    """Letters up to the limit, nothing of the batch applied, and one clear line."""
    shelf = Shelf(bounds=Bounds(3, 1))
    shelf.arrive(customer(0), *map(bad, range(1, 8)))

    with pytest.raises(DeadLetterLimitError) as stopped:
        await shelf.work()

    assert (shelf.calls, shelf.states, len(shelf.dead)) == (["dead letters"], {}, 3)
    assert str(stopped.value).startswith(
        "3 of the last 3 records of conversations.events, partition 0, cannot be read"
        " (up to offset 3); the commonest reason, 100%: Object missing required field"
        " `kind`. "
    )
    assert "docs/runbook.md" in str(stopped.value)


async def test_a_restart_adds_no_letters_and_a_higher_limit_goes_on():
    """What has a letter gets no second one, by whichever worker it is read again."""
    shelf = Shelf(bounds=Bounds(3, 1))
    shelf.arrive(customer(0), *map(bad, range(1, 8)))
    for _ in range(2):
        with pytest.raises(DeadLetterLimitError):
            await shelf.work()
        shelf.restart()
    assert len(shelf.dead) == 3

    shelf.bounds = Bounds(0, 1)
    shelf.restart()
    await shelf.work()

    letters = [json.loads(value)["offset"] for _, value in shelf.dead]
    assert (letters, stored(shelf)) == ([1, 2, 3, 4, 5, 6, 7], {b"c": 0})


async def test_letters_are_read_back_once_and_only_when_something_is_dead():
    """A takeover without unreadable records asks Kafka for nothing."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    assert shelf.recalled == 0

    for offset in (1, 2):
        shelf.arrive(bad(offset))
        await shelf.work()
    assert shelf.recalled == 1

    shelf.tracker._dead_letters.forget(0)
    shelf.arrive(bad(3))
    await shelf.work()
    assert shelf.recalled == 2


async def test_letters_that_cannot_be_read_back_stop_nothing():
    """Without the right to read them the limit counts from zero."""
    shelf = Shelf(bounds=Bounds(3, 1))

    async def refuse(topic: str, partition: int, most: int) -> dict[int, str]:
        raise TopicAuthorizationFailedError

    shelf.tracker._dead_letters._recall = refuse
    shelf.arrive(bad(0), bad(1), customer(0))
    await shelf.work()

    assert (len(shelf.dead), stored(shelf)) == (2, {b"c": 2})
