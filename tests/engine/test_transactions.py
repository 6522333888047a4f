"""Events of a transactional producer: aborted ones never were, markers are passed."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from tests.engine.conftest import PARTITIONS, Engine, Worker

pytestmark = pytest.mark.broker

_EACH = 3


@asynccontextmanager
async def producer(engine: Engine) -> AsyncIterator[AIOKafkaProducer]:
    made = AIOKafkaProducer(
        bootstrap_servers=engine.broker, transactional_id=engine.prefix + "source"
    )
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def send(made: AIOKafkaProducer, engine: Engine, key: bytes) -> None:
    """Some records to each partition, acknowledged."""
    for partition in range(PARTITIONS):
        mine = b"%s-%d" % (key, partition)
        for _ in range(_EACH):
            sent = await made.send(engine.events, b"count", mine, partition=partition)
            await sent


def stored_of(key: bytes) -> dict[bytes, int]:
    return {b"%s-%d" % (key, partition): _EACH for partition in range(PARTITIONS)}


async def at_the_end(worker: Worker, ends: int) -> None:
    """Each partition's end is `ends`, all of it is applied, and no lag is told."""
    await worker.until(
        lambda told: any(
            entry["did"] == "tick"
            and entry["ends"] == entry["applied"] == dict.fromkeys("0123", ends)
            and entry["lag"] == dict.fromkeys("0123", 0)
            for entry in told[-5:]
        )
    )


async def test_a_marker_at_the_end_is_passed(engine):
    """Everything before the end counts as applied; also after a restart."""
    await engine.create()
    first = await engine.start()
    async with producer(engine) as made, made.transaction():
        await send(made, engine, b"committed")
    await at_the_end(first, _EACH + 1)
    assert await first.end(signal.SIGTERM) == 0
    second = await engine.start()
    await at_the_end(second, _EACH + 1)
    assert await engine.stored() == stored_of(b"committed")
    assert second.handled() == 0
    assert "offsets missing" not in first.log.read_text() + second.log.read_text()
    assert await second.end(signal.SIGTERM) == 0


async def test_what_is_aborted_starts_nothing(engine):
    """Records of an aborted transaction reach no handler, and hold nothing up."""
    await engine.create()
    worker = await engine.start()
    async with producer(engine) as made:
        await made.begin_transaction()
        await send(made, engine, b"aborted")
        await made.abort_transaction()
        await at_the_end(worker, _EACH + 1)
        assert worker.handled() == 0
        async with made.transaction():
            await send(made, engine, b"committed")
    await at_the_end(worker, 2 * (_EACH + 1))
    assert await engine.stored() == stored_of(b"committed")
    assert await worker.end(signal.SIGTERM) == 0


async def test_an_open_transaction_is_waited_for(engine):
    """The end that a deadline waits for counts it, and the watchdog lets it be."""
    await engine.create()
    worker = await engine.start(stall=2.0)
    async with producer(engine) as made:
        await made.begin_transaction()
        await send(made, engine, b"open")
        await engine.send(PARTITIONS, keys=1)  # behind it, not part of it
        begun = len(worker.told)
        await worker.until(
            lambda told: (
                sum(
                    entry["did"] == "tick"
                    and entry["ends"] == dict.fromkeys("0123", _EACH + 1)
                    and entry["applied"] == dict.fromkeys("0123", 0)
                    for entry in told[begun:]
                )
                > 20
            )  # 4 s
        )
        await made.commit_transaction()
    await at_the_end(worker, _EACH + 2)
    assert await engine.stored() == engine.sent + Counter(stored_of(b"open"))
    assert await worker.end(signal.SIGTERM) == 0


async def test_a_tail_that_was_deleted_is_passed(engine):
    """Retention took what was not read yet: nothing waits there any more."""
    await engine.create()
    await engine.send(40)
    first = await engine.start()
    await at_the_end(first, 10)
    assert await first.end(signal.SIGTERM) == 0
    await engine.send(40)
    admin = AIOKafkaAdminClient(bootstrap_servers=engine.broker)
    await admin.start()
    try:
        await admin.delete_records(
            {
                TopicPartition(engine.events, partition): RecordsToDelete(
                    before_offset=20
                )
                for partition in range(PARTITIONS)
            }
        )
    finally:
        await admin.close()
    second = await engine.start()
    await at_the_end(second, 20)
    said = second.log.read_text().count("offsets missing in the topic")
    assert said == PARTITIONS
    assert second.handled() == 0
    assert await second.end(signal.SIGTERM) == 0
