"""Writing many records of one partition at once, acknowledged by Kafka."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Protocol

from aiokafka import AIOKafkaProducer

from stream.engine.guard import EngineError
from stream.engine.store import Item, PartitionStore
from stream.kafka.access import KafkaAccess

BATCH_BYTES = 256 * 1024
"""Of a record batch; a larger record is a batch of its own."""

Now = Callable[[], int]
"""Milliseconds since the epoch."""


class Batch(Protocol):
    """What we use of aiokafka's `BatchBuilder`."""

    def append(
        self, *, timestamp: int | None, key: bytes, value: bytes | None
    ) -> object | None: ...

    def record_count(self) -> int: ...

    def close(self) -> None: ...


class BatchProducer(Protocol):
    """What we use of `AIOKafkaProducer`; it must be set up with acks=all."""

    def create_batch(self) -> Batch: ...

    async def send_batch(
        self, batch: Batch, topic: str, *, partition: int
    ) -> Awaitable[object]: ...


class BatchWriter:
    """Appends records to one topic, as few record batches as they fit in.

    One batch costs one future and one queue entry for thousands of records; a
    `send` each costs 100 us (`faust.md` section 1).
    """

    def __init__(
        self,
        topic: str,
        *,
        producer: Callable[[], BatchProducer],
        crash: Callable[[BaseException], Awaitable[None]],
        now: Now | None = None,
    ) -> None:
        """`now` dates the records; else the machine's clock does.

        Kafka refuses records that come from more than an hour ahead.
        """
        self.topic = topic
        self._now = now
        self._producer = producer
        self._crash = crash

    async def write(self, partition: int, items: Iterable[Item]) -> None:
        """Return when Kafka has acknowledged all items, in their order.

        A failed send crashes the worker before this raises: going on would commit
        the source past what was never written. Calls for one partition must not
        overlap (their records would interleave); different partitions may.
        """
        try:
            await self._write(partition, items)
        except Exception as error:
            await self._crash(error)
            raise

    async def _write(self, partition: int, items: Iterable[Item]) -> None:
        producer = self._producer()
        at = None if self._now is None else self._now()
        sent: list[Awaitable[object]] = []
        batch = producer.create_batch()
        for key, value in items:
            if batch.append(timestamp=at, key=key, value=value) is not None:
                continue
            sent.append(await self._send(producer, batch, partition))
            batch = producer.create_batch()
            if batch.append(timestamp=at, key=key, value=value) is None:
                raise EngineError(
                    f"a record for {self.topic} does not fit in a record batch"
                )
        if batch.record_count():
            sent.append(await self._send(producer, batch, partition))
        await asyncio.gather(*sent)

    async def _send(
        self, producer: BatchProducer, batch: Batch, partition: int
    ) -> Awaitable[object]:
        batch.close()  # a closed batch does not linger, and nobody adds to it
        return await producer.send_batch(batch, self.topic, partition=partition)


class StateTable:
    """A table: its state in memory, its changelog in Kafka."""

    def __init__(self, name: str, changelog: BatchWriter) -> None:
        self.name = name
        self.changelog = changelog
        self.store = PartitionStore()

    async def write(self, partition: int, items: Iterable[Item]) -> None:
        """Changelog first, acknowledged; then the state that readers see.

        A value of None deletes the key. Later writes of a key win, also within
        one call. Hold the partition's lock: two writers would cross.
        """
        items = list(items)
        await self.changelog.write(partition, items)
        self.store.apply(partition, items)


@asynccontextmanager
async def writing(access: KafkaAccess, topic: str) -> AsyncIterator[BatchWriter]:
    """A writer for whoever is no worker."""

    async def crash(_: BaseException) -> None:
        """Nothing else runs here: the writer raises it."""

    async with AIOKafkaProducer(
        **access.client(), acks="all", max_batch_size=BATCH_BYTES
    ) as producer:
        yield BatchWriter(topic, producer=lambda: producer, crash=crash)
