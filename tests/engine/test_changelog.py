"""Record batches: order, splitting, tombstones, and failures that are seen."""

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from stream.engine import BatchWriter, StateTable

pytestmark = pytest.mark.broker


@pytest.fixture
async def crashes() -> list[BaseException]:
    """What the writer crashed the worker with."""
    return []


@pytest.fixture
async def writer(engine, crashes) -> AsyncIterator[BatchWriter]:
    """A writer to the answers topic, with small record batches."""
    await engine.create()
    producer = AIOKafkaProducer(
        bootstrap_servers=engine.broker, acks="all", max_batch_size=2000
    )
    await producer.start()

    async def crash(error: BaseException) -> None:
        crashes.append(error)

    yield BatchWriter(engine.prefix + "answers", producer=lambda: producer, crash=crash)
    await producer.stop()


async def test_many_batches_keep_their_order(engine, writer):
    """Items that need many record batches arrive whole, in order, where told."""
    items = [(b"%d" % number, b"v" * 100) for number in range(500)]
    await writer.write(2, items)
    found = await engine.read(writer.topic)
    assert found == [(2, key, value) for key, value in items]


async def test_nothing_to_write(engine, writer):
    """Writing no items writes nothing."""
    await writer.write(0, [])
    assert await engine.read(writer.topic) == []


async def test_large_record(engine, writer):
    """A record larger than a batch gets one of its own."""
    await writer.write(0, [(b"a", b"1"), (b"b", b"x" * 5000), (b"c", b"2")])
    found = await engine.read(writer.topic)
    assert [key for _, key, _ in found] == [b"a", b"b", b"c"]


async def test_records_are_dated_as_told(engine, writer, crashes):
    """By `now` where there is one, not by a clock that Kafka would refuse."""
    at = 1_700_000_000_000
    dated = BatchWriter(
        writer.topic, producer=writer._producer, crash=writer._crash, now=lambda: at
    )
    await dated.write(0, [(b"%d" % number, b"v" * 100) for number in range(50)])
    assert {record.timestamp for record in await engine.records(writer.topic)} == {at}


async def test_refused_record_crashes(writer, crashes):
    """What Kafka refuses is raised, and the worker is told to crash first."""
    with pytest.raises(KafkaError):
        await writer.write(0, [(b"a", b"x" * 2_000_000)])
    assert len(crashes) == 1


async def test_table_writes_changelog_and_store(engine, writer):
    """A table's write is in the changelog and in the state, deletions too."""
    table = StateTable("t", writer)
    await table.write(1, [(b"a", b"1"), (b"b", b"2")])
    await table.write(1, [(b"a", None)])
    found = await engine.read(writer.topic)
    assert found == [(1, b"a", b"1"), (1, b"b", b"2"), (1, b"a", None)]
    assert table.store.partition(1) == {b"b": b"2"}


async def test_refused_write_leaves_the_state(writer, crashes):
    """State that is not in the changelog is not in the store either."""
    table = StateTable("t", writer)
    with pytest.raises(KafkaError):
        await table.write(1, [(b"a", b"x" * 2_000_000)])
    assert table.store.partition(1) == {}
    assert crashes
