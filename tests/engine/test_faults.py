"""What goes wrong stops the worker, and nothing that went wrong is committed."""

import asyncio
import signal
from time import monotonic

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.structs import TopicPartition

pytestmark = pytest.mark.broker


async def test_failing_handler(engine):
    """A batch whose handler raises ends the worker with 1 and comes again."""
    await engine.create()
    await engine.send(400)
    await engine.send(4, value=b"fail")
    first = await engine.start()
    assert await first.end() == 1
    second = await engine.start()
    assert await second.end() == 1
    assert "told to fail" in second.log.read_text()
    assert await engine.stored() != engine.sent


async def test_failing_send(engine):
    """A record that Kafka refuses ends the worker with 1, before the state."""
    admin = AIOKafkaAdminClient(bootstrap_servers=engine.broker)
    await admin.start()
    small = {"max.message.bytes": "10000"}
    await admin.create_topics(
        [NewTopic(engine.prefix + "answers", 4, 1, topic_configs=small)]
    )
    await admin.close()
    await engine.create()
    await engine.send(4, value=b"too large")
    worker = await engine.start()
    assert await worker.end() == 1
    assert "MessageSizeTooLarge" in worker.log.read_text()
    assert await engine.stored() == {}


async def test_moved_position(engine):
    """When the position jumps behind the engine's back the gap is read again."""
    await engine.create()
    await engine.send(4, value=b"skip")
    await engine.send(60_000)
    worker = await engine.start(pause=0.05)
    await engine.caught_up(worker)
    assert "records skipped, reading again" in worker.log.read_text()
    assert await engine.stored() == engine.sent


async def test_expired_records(engine):
    """What retention took before it was read is skipped and said, once."""
    await engine.create()
    await engine.send(400, keys=100)
    first = await engine.start()
    await engine.caught_up(first)
    assert await first.end(signal.SIGTERM) == 0
    await engine.send(400, keys=100)
    admin = AIOKafkaAdminClient(bootstrap_servers=engine.broker)
    await admin.start()
    await admin.delete_records(
        {TopicPartition(engine.events, p): RecordsToDelete(150) for p in range(4)}
    )
    await admin.close()
    second = await engine.start()
    await engine.caught_up(second)
    assert second.handled() == 200
    assert second.log.read_text().count("offsets missing in the topic") == 4


async def test_other_partition_count(engine):
    """A topic with another number of partitions is refused in one line."""
    await engine.create()
    worker = await engine.start(partitions=8)
    assert await worker.end() == 3
    log = worker.log.read_text().splitlines()
    assert f"topic {engine.events} has 4 partitions, configured are 8" in log[-1]
    assert len(log) == 1


async def test_broker_away(engine):
    """Without Kafka the worker says so, retries, and can be stopped."""
    worker = await engine.start(broker="127.0.0.1:9")
    async with asyncio.timeout(20):
        while worker.log.read_text().count("kafka is not reachable") < 2:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)
    assert await worker.end(signal.SIGTERM) == 0
    log = worker.log.read_text()
    assert "Traceback" not in log
    assert all("kafka is not reachable" in line for line in log.splitlines())


async def test_hung_handler(engine):
    """A handler that never ends cannot keep a worker from stopping."""
    await engine.create()
    await engine.send(400)
    worker = await engine.start(pause=600)
    await worker.until(
        lambda _: any(sum(t["lag"].values()) for t in worker.did("tick"))
    )
    asked = monotonic()
    assert await worker.end(signal.SIGTERM) == 1
    assert monotonic() - asked < 12
    assert "worker did not stop in time" in worker.log.read_text()
    assert await engine.stored() == {}
