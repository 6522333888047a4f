"""Three brokers, one dies: nothing acknowledged is lost, and writing goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import TopicPartition

from dev.stack import Stack
from stream.engine import BatchWriter, EngineApp, ensure_topics
from stream.process.settings import Settings

pytestmark = pytest.mark.broker

PARTITIONS = 3
PATIENCE = 40
SAFE = Settings(replication=3).topic_policy


class Writing:
    """Numbers written without a pause, and those that Kafka acknowledged."""

    def __init__(self, writer: BatchWriter) -> None:
        self._writer = writer
        self.acknowledged: list[set[bytes]] = [set() for _ in range(PARTITIONS)]

    async def go_on(self, partition: int) -> None:
        number = 0
        while True:
            batch = [b"%d" % n for n in range(number, number + 50)]
            await self._writer.write(partition, [(key, b"x" * 200) for key in batch])
            self.acknowledged[partition].update(batch)
            number += 50

    async def until_more(self, count: int) -> None:
        """Wait for so many more acknowledged in every partition."""
        wanted = [len(numbers) + count for numbers in self.acknowledged]
        async with asyncio.timeout(PATIENCE):
            while any(  # noqa: ASYNC110  three writers set it
                len(numbers) < enough
                for numbers, enough in zip(self.acknowledged, wanted, strict=True)
            ):
                await asyncio.sleep(0.05)

    async def count_after(self, seconds: float) -> int:
        """How many are acknowledged after so long."""
        await asyncio.sleep(seconds)
        return sum(map(len, self.acknowledged))


@asynccontextmanager
async def writing_to(broker: str, topic: str) -> AsyncIterator[Writing]:
    """A writer for each partition, with the engine's settings; none may crash."""
    engine = EngineApp(topic, broker=broker, partitions=PARTITIONS).conf
    crashes: list[BaseException] = []

    async def crash(error: BaseException) -> None:
        crashes.append(error)

    async with AIOKafkaProducer(
        bootstrap_servers=broker,
        acks=engine.producer_acks,
        max_batch_size=engine.producer_max_batch_size,
        request_timeout_ms=int(engine.producer_request_timeout * 1000),
    ) as producer:
        writing = Writing(BatchWriter(topic, producer=lambda: producer, crash=crash))
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(writing.go_on(n)) for n in range(PARTITIONS)]
            yield writing
            for task in running:
                task.cancel()
    assert crashes == []


async def test_brokers_die_while_we_write(start_stack, prefix):
    """Nothing acknowledged is lost by kill -9: of a leader, then of two at once.

    With one dead writing goes on. With two dead nothing is acknowledged, since two
    copies must have it; writing goes on when one of them is back.
    """
    stack: Stack = await asyncio.to_thread(start_stack, "kafka-cluster")
    topic = prefix + "facts"
    await ensure_topics(stack.broker, {topic: PARTITIONS}, policy=SAFE)
    assert await setting(stack.broker, topic, "min.insync.replicas") == "2"
    first = await leader_of(stack.broker, topic)

    async with writing_to(stack.broker, topic) as writing:
        await writing.until_more(500)
        await asyncio.to_thread(stack.kill, f"kafka-{first}")
        await writing.until_more(500)
        second = await leader_of(stack.broker, topic)
        assert second != first

        await asyncio.to_thread(stack.restart, f"kafka-{first}")
        await until_all_in_sync(stack.broker, topic)
        third = 6 - first - second
        for broker in (second, third):
            await asyncio.to_thread(stack.kill, f"kafka-{broker}")
        before = await writing.count_after(1)
        assert await writing.count_after(2) == before

        await asyncio.to_thread(stack.restart, f"kafka-{second}")
        await writing.until_more(500)

    kept = await numbers_in(stack.broker, topic)
    both = zip(writing.acknowledged, kept, strict=True)
    assert [wrote - found for wrote, found in both] == [set(), set(), set()]


# -- what Kafka says


@asynccontextmanager
async def admin_of(broker: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def leader_of(broker: str, topic: str) -> int:
    """Of partition 0."""
    async with admin_of(broker) as admin:
        (found,) = await admin.describe_topics([topic])
    (leader,) = [p["leader"] for p in found["partitions"] if p["partition"] == 0]
    return int(leader)


async def until_all_in_sync(broker: str, topic: str) -> None:
    async with asyncio.timeout(PATIENCE), admin_of(broker) as admin:
        while True:
            (found,) = await admin.describe_topics([topic])
            if all(len(partition["isr"]) == 3 for partition in found["partitions"]):
                return
            await asyncio.sleep(0.1)


async def setting(broker: str, topic: str, name: str) -> str:
    """Asked until the broker that answers has heard of the topic."""
    async with admin_of(broker) as admin, asyncio.timeout(30):
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        while True:
            (response,) = await admin.describe_configs([resource])
            found = {entry[0]: entry[1] for entry in response.resources[0][4]}
            if name in found:
                return str(found[name])
            await asyncio.sleep(0.1)


async def numbers_in(broker: str, topic: str) -> list[set[bytes]]:
    """The keys of each partition."""
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    async with AIOKafkaConsumer(bootstrap_servers=broker) as consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        found: list[set[bytes]] = [set() for _ in places]
        while any([await consumer.position(place) < ends[place] for place in places]):
            batches = await consumer.getmany(timeout_ms=200)
            for place, records in batches.items():
                found[place.partition].update(record.key for record in records)
        return found
