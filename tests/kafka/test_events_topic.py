"""Webhooks into a real Kafka."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.structs import ConsumerRecord
from prometheus_client import generate_latest
from pydantic import SecretStr
from structlog.testing import capture_logs

from dev.stack import Stack
from stream.channels.signature import sign
from stream.intake.customers import Customers
from stream.intake.door import create_app
from stream.intake.metrics import IntakeMetrics
from stream.kafka.events_topic import EventsTopic
from stream.kafka.partitions import partition_of
from stream.process.settings import Settings
from stream.records import decode_event
from stream.sla.events import MergedEvent
from tests.bodies import BODIES, asked, on_the_wire

SECRET = b"app-secret"
PARTITIONS = 4

Client = TestClient[Any, Any]


def question(number: int) -> bytes:
    """A customer's first message; every number is another customer's."""
    return on_the_wire(asked(f"Q{number}", f"1555{number:07}"))


@asynccontextmanager
async def door_to(
    broker: str, prefix: str, metrics: IntakeMetrics | None = None
) -> AsyncIterator[Client]:
    settings = Settings(
        broker=broker,
        topic_prefix=prefix,
        whatsapp_app_secret=SecretStr(SECRET.decode()),
        id_secret=SecretStr("id-secret"),
    )
    topic = EventsTopic(
        broker=broker, name=settings.events_topic, partitions=PARTITIONS
    )
    customers = Customers(topic, settings.kafka, settings.aliases_topic)
    app = create_app(settings, customers, metrics or IntakeMetrics())
    async with TestClient(TestServer(app)) as door:
        yield door


async def create_topic(broker: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        names = (f"{prefix}conversations.{name}" for name in ("events", "aliases"))
        await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names])
    finally:
        await admin.close()


async def topic_names(broker: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        return list(await admin.list_topics())
    finally:
        await admin.close()


async def records(broker: str, prefix: str) -> list[ConsumerRecord]:
    """Everything that is in the topic now."""
    consumer = AIOKafkaConsumer(
        f"{prefix}conversations.events",
        bootstrap_servers=broker,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found: list[ConsumerRecord] = []
        while len(found) < sum(ends.values()):
            for batch in (await consumer.getmany(timeout_ms=1000)).values():
                found.extend(batch)
        return found
    finally:
        await consumer.stop()


async def post(door: Client, body: bytes) -> int:
    headers = {"X-Hub-Signature-256": sign(SECRET, body)}
    async with door.post("/hooks/whatsapp", data=body, headers=headers) as answer:
        return answer.status


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when it holds; the other side is another process, so we can only ask."""
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110  nobody here could set an event
            await asyncio.sleep(0.05)


async def until_ready(door: Client) -> None:
    async def is_ready() -> bool:
        return (await door.get("/readyz")).status == 200

    await until(is_ready)


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        # Kafka's own vectors: UtilsTest.testMurmur2.
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_partitioner_is_javas(key: bytes, hashed: int) -> None:
    """Every producer of the contract puts a conversation into the same partition."""
    partitions = list(range(997))

    wanted = (hashed & 0x7FFFFFFF) % 997
    assert DefaultPartitioner()(key, partitions, partitions) == wanted
    assert partition_of(key, 997) == wanted


@pytest.mark.broker
async def test_200_means_that_the_records_are_in_kafka(kafka: str, prefix: str) -> None:
    """Every event is there under its conversation, in that key's partition."""
    await create_topic(kafka, prefix)
    metrics = IntakeMetrics()
    async with door_to(kafka, prefix, metrics) as door:
        await until_ready(door)
        bodies = [question(number) for number in range(40)]
        status = on_the_wire(BODIES["whatsapp"]["sent"])

        answers = await asyncio.gather(*(post(door, body) for body in bodies))
        answers.append(await post(door, status))
        found = await records(kafka, prefix)

    assert set(answers) == {200}
    events = [decode_event(record.value) for record in found]
    assert sum(not isinstance(event, MergedEvent) for event in events) == 42
    assert [record.key.decode() for record in found] == [
        event.conversation_id for event in events
    ]
    numbers = list(range(PARTITIONS))
    assert [record.partition for record in found] == [
        DefaultPartitioner()(record.key, numbers, numbers) for record in found
    ]
    assert len({record.partition for record in found}) == PARTITIONS
    accepted = "replyclock_events_accepted_total"
    counted = generate_latest(metrics.registry).decode()
    assert f'{accepted}{{channel="whatsapp",kind="message"}} 41.0' in counted
    assert f'{accepted}{{channel="whatsapp",kind="delivery"}} 1.0' in counted


@pytest.mark.broker
async def test_the_same_body_again_gives_the_same_ids(kafka: str, prefix: str) -> None:
    """A retry changes nothing but the time of arrival."""
    await create_topic(kafka, prefix)
    async with door_to(kafka, prefix) as door:
        await until_ready(door)
        for _ in range(2):
            assert await post(door, question(1)) == 200

    first, again = (decode_event(r.value) for r in await records(kafka, prefix))
    assert first.event_id == again.event_id
    assert first.occurred_at == again.occurred_at


@pytest.mark.broker
async def test_a_missing_topic_is_named_and_waited_for(kafka: str, prefix: str) -> None:
    """503 and one warning until somebody creates it; nobody creates it by asking."""
    with capture_logs() as lines:
        async with door_to(kafka, prefix) as door:

            async def is_said() -> bool:
                return any("not there yet" in line["event"] for line in lines)

            await until(is_said)
            assert await post(door, question(1)) == 503
            assert f"{prefix}conversations.events" not in await topic_names(kafka)

            await create_topic(kafka, prefix)
            await until_ready(door)
            assert await post(door, question(1)) == 200

    told = [(line["log_level"], line["event"]) for line in lines]
    assert told.count(("warning", "events topic is not there yet")) == 1
    assert "error" not in dict(told)
    assert len(await records(kafka, prefix)) == 1


@pytest.mark.broker
async def test_kafka_killed_is_503_until_it_is_back(
    start_stack: Callable[..., Stack], prefix: str
) -> None:
    """Nothing answered 200 is lost, and the door opens again by itself."""
    stack = await asyncio.to_thread(start_stack, "kafka")
    await create_topic(stack.broker, prefix)
    async with door_to(stack.broker, prefix) as door:
        await until_ready(door)
        assert await post(door, question(1)) == 200

        with capture_logs() as lines:
            await asyncio.to_thread(stack.kill, "kafka")
            began_at = monotonic()
            assert await post(door, question(2)) == 503
            assert monotonic() - began_at < 5
            assert (await door.get("/readyz")).status == 503
            # Known to be away: nobody waits for the answer.
            began_at = monotonic()
            assert await post(door, question(3)) == 503
            assert monotonic() - began_at < 1

            await asyncio.to_thread(stack.restart, "kafka")
            await until_ready(door)
        assert await post(door, question(4)) == 200
        kept = await records(stack.broker, prefix)

    ids = {decode_event(record.value).event_id for record in kept}
    assert {event_id.rpartition(".")[2] for event_id in ids} >= {"Q1", "Q4"}
    assert [line["event"] for line in lines if line["log_level"] != "debug"] == [
        "kafka acknowledges nothing",
        "kafka is away",
        "events topic is ready",
    ]


@pytest.mark.broker
async def test_kafka_frozen_is_503_within_five_seconds(
    start_stack: Callable[..., Stack], prefix: str
) -> None:
    """A broker that takes connections and says nothing does not make Meta wait."""
    stack = await asyncio.to_thread(start_stack, "kafka")
    await create_topic(stack.broker, prefix)
    pid = stack.pid("kafka")
    assert pid is not None
    async with door_to(stack.broker, prefix) as door:
        await until_ready(door)

        os.kill(pid, signal.SIGSTOP)
        try:
            began_at = monotonic()
            answers = await asyncio.gather(
                *(post(door, question(number)) for number in range(5))
            )
            took = monotonic() - began_at
        finally:
            os.kill(pid, signal.SIGCONT)

        assert (set(answers), took < 5) == ({503}, True)

        async def is_accepted() -> bool:
            return await post(door, question(9)) == 200

        await until(is_accepted)
