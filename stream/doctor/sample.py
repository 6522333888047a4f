"""The newest records of a topic, read as nobody: no group, no commit."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import ConsumerRecord, TopicPartition

from stream.doctor.placement import Place
from stream.kafka.access import KafkaAccess

_ENOUGH_S = 4.0
"""What was read by then is the sample."""
_BY_BROKER = 1


@dataclass(slots=True)
class Sample:
    places: list[Place] = field(default_factory=list)
    newest: int | None = None
    """The latest stamp, milliseconds since the epoch."""
    by_broker: bool = False
    """Whether the broker put that stamp (LogAppendTime)."""


async def read_sample(
    access: KafkaAccess, topic: str, partitions: int, count: int
) -> Sample:
    """What `newest_records` of the events say of their producers."""
    sample = Sample()
    async for record in newest_records(access, topic, partitions, count):
        _take(sample, record)
    return sample


async def newest_records(
    access: KafkaAccess, topic: str, partitions: int, count: int
) -> AsyncIterator[ConsumerRecord]:
    """At most `count` records, the same number of each partition.

    The topic must exist: a broker may create what is asked for by name.
    """
    places = [TopicPartition(topic, number) for number in range(partitions)]
    async with open_consumer(access) as consumer:
        consumer.assign(places)
        first = await consumer.beginning_offsets(places)
        ends = await consumer.end_offsets(places)
        share = -(-count // partitions)
        for place in places:
            consumer.seek(place, max(first[place], ends[place] - share))
        until = time.monotonic() + _ENOUGH_S
        left = places
        while left and time.monotonic() < until:
            # Once even when all is empty: only a fetch tells that we may not.
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    yield record
            # A transaction's marker has an offset and is no record: ask for positions.
            left = [p for p in places if await consumer.position(p) < ends[p]]


@asynccontextmanager
async def open_consumer(access: KafkaAccess) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(**access.client(), enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


def _take(sample: Sample, record: ConsumerRecord) -> None:
    sample.places.append(Place(record.key, record.partition, record.offset))
    if sample.newest is None or record.timestamp > sample.newest:
        sample.newest = record.timestamp
        sample.by_broker = record.timestamp_type == _BY_BROKER
