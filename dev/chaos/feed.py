"""The feed: a play's events into Kafka, each when it arrives.

An event arrives when the broker has it, which a broker that was down decides: it
stamps the records (and `arrivals` sees when they could be read).
"""

import asyncio
import time
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from stream.records import encode_event
from stream.simulator.loading import events_of
from stream.simulator.stories import Delivery

EVENTS = "conversations.events"
PARTITIONS = 4


async def create(broker: str, topic: str, partitions: int, replication: int) -> None:
    """A topic whose records bear the time when the broker had them."""
    configs = {
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(max(1, replication - 1)),
    }
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        await admin.create_topics(
            [NewTopic(topic, partitions, replication, topic_configs=configs)]
        )
    finally:
        await admin.close()


async def feed(broker: str, topic: str, deliveries: Iterable[Delivery]) -> int:
    """Send all events, those of the past at once; how many they were.

    A broker that is down delays and loses nothing.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=broker,
        acks="all",
        enable_idempotence=True,
        linger_ms=20,
        request_timeout_ms=600_000,  # several outages in a row, on a busy machine
    )
    await producer.start()
    count = 0
    try:
        for delivery in deliveries:
            ahead = delivery.at - time.time_ns() // 1_000_000
            if ahead > 0:  # nothing arrives before it happened
                await asyncio.sleep(ahead / 1000)
            for event in events_of([delivery]):
                key = event.conversation_id.encode()
                await producer.send(topic, encode_event(event), key=key)
                count += 1
        await producer.flush()
    finally:
        await producer.stop()
    return count
