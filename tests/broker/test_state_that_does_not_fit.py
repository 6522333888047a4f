"""A topic of ours is gone: the worker says so, and the runbook's way leads back."""

import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition
from msgspec.structs import replace

from dev.system import System
from stream.engine import ensure_topics
from stream.engine.admin import open_admin
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading
from stream.records import encode_event
from stream.sla.events import Event, HeartbeatEvent
from stream.sla.facts import Fact, FactKind
from stream.sla.instants import SECOND, from_ms, to_ms
from tests.broker.test_transactional_source import asked, facts

pytestmark = pytest.mark.broker

EVENTS = "conversations.events"
CHANGELOG = "replyclock-worker-conversations-changelog"
GROUP = "replyclock-worker"


async def write(broker: str, *events: Event, also: bytes | None = None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for event in events:
            key = event.conversation_id.encode()
            await producer.send_and_wait(EVENTS, encode_event(event), key)
        if also is not None:
            await producer.send_and_wait(EVENTS, also, b"key")


def heartbeat() -> HeartbeatEvent:
    now = time.time_ns() // 1_000_000
    seen, name = asked("alive"), f"account:{asked('alive').account}"
    return HeartbeatEvent(
        v=1,
        event_id="alive",
        occurred_at=from_ms(now),
        conversation_id=name,
        channel=seen.channel,
        account=seen.account,
    )


async def lose(broker: str, topic: str) -> None:
    async with open_admin(broker) as admin:
        await admin.delete_topics([topic])
        while topic in {found["topic"] for found in await admin.describe_topics()}:  # noqa: ASYNC110 - Kafka sends no event
            await asyncio.sleep(0.1)


async def commits(broker: str) -> int:
    """How many records of the events topic the worker has committed."""
    async with reading(KafkaAccess.to(broker)) as reader:
        places = await reader.partitions(EVENTS)
    async with AIOKafkaConsumer(bootstrap_servers=broker, group_id=GROUP) as consumer:
        return sum([await consumer.committed(place) or 0 for place in places])


async def to_earliest(broker: str) -> None:
    async with reading(KafkaAccess.to(broker)) as reader:
        places: list[TopicPartition] = await reader.partitions(EVENTS)
    async with AIOKafkaConsumer(
        bootstrap_servers=broker, group_id=GROUP, enable_auto_commit=False
    ) as consumer:
        consumer.assign(places)
        await consumer.commit(await consumer.beginning_offsets(places))


def later(key: str) -> Event:
    """A customer whose promise breaks when the worker has been stopped and refused."""
    event = asked(key)
    return replace(event, occurred_at=from_ms(to_ms(event.occurred_at) + 25 * SECOND))


def breaches(broker: str, key: str) -> list[Fact]:
    return [
        fact
        for fact in asyncio.run(facts(broker))
        if fact.conversation_id == key and fact.kind is FactKind.BREACHED
    ]


def until_breached(broker: str, key: str) -> list[Fact]:
    deadline = time.monotonic() + 60
    while not (told := breaches(broker, key)):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return told


def stop_at(system: System, committed: int) -> None:
    deadline = time.monotonic() + 30
    while asyncio.run(commits(system.stack.broker)) < committed:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert system.terminate("worker") == 0


def refused(system: System) -> str:
    before = len(system.logs("worker"))
    system.start("worker")
    assert system.wait_ended("worker") == 1
    (line,) = [
        line
        for line in system.logs("worker")[before:].splitlines()
        if "worker crashed" in line
    ]
    assert "State that does not fit" in line
    return line


def test_a_changelog_that_is_gone(scene):
    """Refused; with the events read again the breach is told, under the same id."""
    system = scene("worker").system
    broker = system.stack.broker
    asyncio.run(write(broker, asked("first")))
    (breach,) = until_breached(broker, "first")
    asyncio.run(write(broker, later("waits")))
    stop_at(system, 2)
    asyncio.run(lose(broker, CHANGELOG))

    assert f"{CHANGELOG} [" in refused(system)
    assert breaches(broker, "waits") == []
    asyncio.run(to_earliest(broker))
    system.start("worker")
    system.wait_ready("worker")
    until_breached(broker, "waits")
    assert {fact.fact_id for fact in breaches(broker, "first")} == {breach.fact_id}


def test_an_events_topic_made_anew(scene):
    """Refused, where a reply would be thrown away as old and a breach be told."""
    system = scene("worker").system
    broker = system.stack.broker
    asyncio.run(write(broker, asked("first")))
    stop_at(system, 1)
    asyncio.run(lose(broker, EVENTS))
    count = system.environment.get("REPLYCLOCK_PARTITIONS", "4")
    asyncio.run(ensure_topics(broker, {EVENTS: int(count)}))

    assert f"{EVENTS} [" in refused(system)
    asyncio.run(lose(broker, CHANGELOG))
    asyncio.run(write(broker, asked("second")))
    system.start("worker")
    system.wait_ready("worker")
    until_breached(broker, "second")


def test_only_heartbeats_and_what_nobody_can_read(scene):
    """They leave no state: the worker starts again, and again."""
    system = scene("worker").system
    broker = system.stack.broker
    asyncio.run(write(broker, heartbeat(), also=b"{"))
    stop_at(system, 2)
    for _ in range(2):
        system.start("worker")
        system.wait_ready("worker")
        assert system.terminate("worker") == 0
