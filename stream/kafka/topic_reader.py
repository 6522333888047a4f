"""Looking into topics without being anybody's worker: no group, nothing committed."""

from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from time import monotonic

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import ConsumerRecord, TopicPartition

from stream.kafka.access import KafkaAccess

_SILENT_S = 10.0

Followed = AsyncIterator[tuple[list[ConsumerRecord], bool]]
Batches = AsyncIterator[tuple[TopicPartition, list[ConsumerRecord]]]


class TopicReader:
    """Methods raise aiokafka's `KafkaError`, and `TimeoutError` when Kafka is silent.

    One reading at a time: each has the consumer for itself.
    """

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def partitions(self, topic: str) -> list[TopicPartition]:
        """Those of a topic; none when it is missing, or hidden from this user."""
        # Of all topics: to ask for one by name may create it.
        known = await self._consumer._client.fetch_all_metadata()  # noqa: SLF001 - listed in engine/guard.py
        numbers = known.partitions_for_topic(topic) or ()
        return [TopicPartition(topic, number) for number in sorted(numbers)]

    async def bounds(
        self, parts: Iterable[TopicPartition]
    ) -> dict[TopicPartition, tuple[int, int]]:
        """Of each: the first offset that is kept, and the next one to be written."""
        parts = list(parts)
        begins = await self._consumer.beginning_offsets(parts)
        ends = await self._consumer.end_offsets(parts)
        return {tp: (begins[tp], ends[tp]) for tp in parts}

    async def last(
        self, parts: Iterable[TopicPartition], most: int | None = None
    ) -> AsyncIterator[ConsumerRecord]:
        """What the partitions hold now, oldest first in each; the `most` last of each.

        What is written meanwhile is left out.
        """
        bounds = await self.bounds(parts)
        ends = {tp: end for tp, (_, end) in bounds.items()}
        waiting = {tp: begin for tp, (begin, end) in bounds.items() if begin < end}
        self._assign(
            {
                tp: begin if most is None else max(begin, ends[tp] - most)
                for tp, begin in waiting.items()
            }
        )
        async for tp, records in self._until(ends, list(waiting)):
            for record in records:
                if record.offset < ends[tp]:
                    yield record

    async def since(self, tp: TopicPartition, at: int) -> AsyncIterator[ConsumerRecord]:
        """What one holds now, from the first record written at `at` (ms) or later."""
        (_, end) = (await self.bounds([tp]))[tp]
        found = (await self._consumer.offsets_for_times({tp: at}))[tp]
        if found is None or found.offset >= end:
            return
        self._assign({tp: found.offset})
        async for _, records in self._until({tp: end}, [tp]):
            for record in records:
                if record.offset < end:
                    yield record

    async def follow(self, parts: Iterable[TopicPartition]) -> Followed:
        """What they hold, and what is written from now on, for ever.

        With each piece whether all that they held at the beginning is read.
        """
        parts = list(parts)
        begins = await self._consumer.beginning_offsets(parts)
        ends = await self._consumer.end_offsets(parts)
        self._assign(begins)
        is_whole = False
        while True:
            found = await self._consumer.getmany(timeout_ms=500)
            records = [record for each in found.values() for record in each]
            if not is_whole:
                at = [await self._consumer.position(tp) >= ends[tp] for tp in parts]
                is_whole = all(at)
            yield records, is_whole

    async def at(
        self, tp: TopicPartition, offsets: Iterable[int]
    ) -> AsyncIterator[tuple[int, ConsumerRecord | None]]:
        """The records at ascending offsets; None for one that is not there any more."""
        if tp not in await self.partitions(tp.topic):
            for offset in offsets:
                yield offset, None
            return
        begin = (await self._consumer.beginning_offsets([tp]))[tp]
        end = (await self._consumer.end_offsets([tp]))[tp]
        read: deque[ConsumerRecord] = deque()
        following = -1  # what the next fetch brings
        for offset in offsets:
            if not begin <= offset < end:
                yield offset, None
                continue
            while read and read[0].offset < offset:
                read.popleft()
            if not read:
                if offset != following:
                    self._assign({tp: offset})
                async for _, records in self._until({tp: end}, [tp]):
                    read.extend(records)
                    break
                following = read[-1].offset + 1 if read else -1
            there = bool(read) and read[0].offset == offset
            yield offset, read[0] if there else None

    async def one_of_each(
        self, offsets: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, ConsumerRecord]:
        """The record at an offset of each partition, of those that are there."""
        bounds = await self.bounds(offsets)
        there = {
            tp: at for tp, at in offsets.items() if bounds[tp][0] <= at < bounds[tp][1]
        }
        self._assign(there)
        found = {}
        behind = {tp: at + 1 for tp, at in there.items()}
        async for tp, records in self._until(behind, list(there)):
            if records[0].offset == there[tp]:
                found[tp] = records[0]
        return found

    def _assign(self, firsts: dict[TopicPartition, int]) -> None:
        # Both without an `await` in between: aiokafka asks for the position of what
        # has none, and without a group its `stop` then waits for ever.
        self._consumer.assign(list(firsts))
        for tp, offset in firsts.items():
            self._consumer.seek(tp, offset)

    async def _until(
        self, ends: dict[TopicPartition, int], waiting: list[TopicPartition]
    ) -> Batches:
        """What is fetched until each position is at its end (excluded)."""
        heard = monotonic()
        while waiting:
            found = await self._consumer.getmany(*waiting, timeout_ms=500)
            for tp, records in found.items():
                heard = monotonic()
                yield tp, records
            # By position: the last offsets may hold no record (transactions).
            waiting = [
                tp for tp in waiting if await self._consumer.position(tp) < ends[tp]
            ]
            if waiting and not found and monotonic() - heard > _SILENT_S:
                raise TimeoutError(f"Kafka sent nothing for {_SILENT_S:.0f} s")


@asynccontextmanager
async def reading(access: KafkaAccess) -> AsyncIterator[TopicReader]:
    """A reader of all topics that this user may read."""
    consumer = AIOKafkaConsumer(
        **access.client(),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",  # as the worker
        auto_offset_reset="earliest",  # what retention took meanwhile is skipped
        request_timeout_ms=int(_SILENT_S * 1000),
    )
    try:
        await consumer.start()
        yield TopicReader(consumer)
    finally:
        await consumer.stop()
