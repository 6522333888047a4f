"""What docs/upgrading.md promises of workers, tried on real Kafka."""

import asyncio
import shutil
from collections.abc import Iterable

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from dev.system import System
from stream.engine import ensure_topics
from stream.kafka.access import KafkaAccess
from stream.kafka.partitions import partition_of
from stream.kafka.topic_reader import reading
from stream.sla.facts import FactKind
from stream.sla.instants import SECOND
from stream.worker.table import VERSION
from tests.broker.test_state_that_does_not_fit import (
    CHANGELOG,
    EVENTS,
    begin_anew,
    begun_anew,
    breaches,
    later,
    lose,
    stop_at,
    told_of,
    until_breached,
    write,
)
from tests.broker.test_transactional_source import asked

pytestmark = pytest.mark.broker

ALIASES, FACTS = "conversations.aliases", "sla.facts"


async def records(broker: str, topic: str) -> list[ConsumerRecord]:
    async with reading(KafkaAccess.to(broker)) as reader:
        parts = await reader.partitions(topic)
        return [record async for record in reader.last(parts)]


async def put(broker: str, topic: str, found: Iterable[ConsumerRecord]) -> None:
    """As Kafka's own producer does: each key to the partition that murmur2 gives it."""
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for record in found:
            await producer.send_and_wait(topic, record.value, record.key)


async def rewrite_states(broker: str, version: int) -> None:
    """Have the states of the changelog say that another version wrote them."""
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for record in await records(broker, CHANGELOG):
            _, *rest = msgspec.msgpack.decode(record.value)
            value = msgspec.msgpack.encode([version, *rest])
            place = record.partition
            await producer.send_and_wait(CHANGELOG, value, record.key, place)


def crashed(system: System) -> str:
    """The line of a worker that ends by itself with exit status 1."""
    before = len(system.logs("worker"))
    system.start("worker")
    assert system.wait_ended("worker") == 1
    said = system.logs("worker")[before:]
    return next(line for line in said.splitlines() if "worker crashed" in line)


def test_a_worker_of_before_refuses_a_newer_state(scene):
    """It says whose state it is, tells nothing, and leaves all as it is.

    Made anew from the events, who waits is told in time.
    """
    system = scene("worker").system
    broker = system.stack.broker
    asyncio.run(write(broker, later("waits")))
    stop_at(system, 1)
    asyncio.run(rewrite_states(broker, VERSION + 1))
    states = asyncio.run(records(broker, CHANGELOG))

    said = f"state of version {VERSION + 1}; this worker reads up to {VERSION}"
    assert said in crashed(system)
    refused = begin_anew(system, "--yes")
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert asyncio.run(records(broker, CHANGELOG)) == states
    assert breaches(broker, "waits") == []
    begun_anew(system, "--rebuild")
    system.start("worker")
    system.wait_ready("worker")
    (waited,) = until_breached(broker, "waits")
    assert waited.noticed_at - waited.at < 10 * SECOND


def test_another_number_of_partitions(scene):
    """Events are copied, each key to its new place: who waited waits on.

    What was told is told again under its id.
    """
    system = scene("worker").system
    broker = system.stack.broker
    first = [asked(f"first-{number}") for number in range(6)]
    asyncio.run(write(broker, *first))
    before = {
        fact.fact_id
        for event in first
        for fact in until_breached(broker, event.conversation_id)
    }
    waits = later("waits")
    asyncio.run(write(broker, waits))
    stop_at(system, 7)

    copied = {topic: asyncio.run(records(broker, topic)) for topic in (EVENTS, ALIASES)}
    for topic in (EVENTS, ALIASES, FACTS, "sla.dead-letters", CHANGELOG):
        asyncio.run(lose(broker, topic))
    asyncio.run(ensure_topics(broker, {EVENTS: 8}))
    for topic in (EVENTS,):
        asyncio.run(put(broker, topic, copied[topic]))
    system.environment["REPLYCLOCK_PARTITIONS"] = "8"
    system.start("worker")
    system.wait_ready("worker")

    (waited,) = until_breached(broker, "waits")
    assert waited.noticed_at - waited.at < 10 * SECOND
    for event in first:
        until_breached(broker, event.conversation_id)
    found = asyncio.run(records(broker, FACTS))
    assert all(r.partition == partition_of(r.key, 8) for r in found)
    again = {
        f.fact_id for event in first for f in breaches(broker, event.conversation_id)
    }
    assert again == before
    assert told_of(broker, "waits").count(FactKind.CLOCK_STARTED) == 1


def test_kafkas_folder_is_copied_and_put_back(scene):
    """Stopped, copied, lost and put back whole: the worker goes on where it was."""
    system = scene("worker").system
    stack = system.stack
    folder, copy = stack.folder / "kafka" / "data", stack.folder / "copy"
    waits = later("waits")
    asyncio.run(write(stack.broker, asked("first"), waits))
    (breach,) = until_breached(stack.broker, "first")
    stop_at(system, 2)
    stack.kill("kafka")
    shutil.copytree(folder, copy)
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
    stack.restart("kafka")
    system.start("worker")
    system.wait_ready("worker")

    (waited,) = until_breached(stack.broker, "waits")
    assert waited.noticed_at - waited.at < 10 * SECOND
    assert breaches(stack.broker, "first") == [breach]
