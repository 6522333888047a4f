"""Looking into a topic, on a real broker."""

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from stream.engine import ensure_topics
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading

pytestmark = pytest.mark.broker


async def test_what_was_written_since_an_instant(kafka, prefix):
    """From the first record of then or later, to the end; nothing where none is."""
    topic = f"{prefix}dated"
    await ensure_topics(kafka, {topic: 2})
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for at in (1000, 2000, 1500, 3000):
            await producer.send_and_wait(
                topic, b"%d" % at, partition=0, timestamp_ms=at
            )

    async with reading(KafkaAccess(bootstrap=kafka)) as reader:

        async def since(at, number=0):
            found = reader.since(TopicPartition(topic, number), at)
            return [int(record.value) async for record in found]

        assert await since(0) == [1000, 2000, 1500, 3000]
        assert await since(1001) == [2000, 1500, 3000]
        assert await since(2001) == [3000]
        assert await since(3001) == []
        assert await since(0, 1) == []
