"""The feed: a play's events into Kafka, each when it arrives."""

import asyncio
import time
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer

from stream.records import encode_event
from stream.simulator.loading import events_of
from stream.simulator.stories import Delivery

_AT_ONCE_MS = 100


async def feed(broker: str, topic: str, deliveries: Iterable[Delivery]) -> int:
    """Send all events, those of the past at once; how many they were.

    A broker that is down delays and loses nothing.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=broker,
        acks="all",
        enable_idempotence=True,
        linger_ms=20,
        request_timeout_ms=60_000,
    )
    await producer.start()
    count = 0
    try:
        for delivery in deliveries:
            ahead = delivery.at - time.time_ns() // 1_000_000
            if ahead > _AT_ONCE_MS:
                await asyncio.sleep(ahead / 1000)
            for event in events_of([delivery]):
                key = event.conversation_id.encode()
                await producer.send(topic, encode_event(event), key=key)
                count += 1
        await producer.flush()
    finally:
        await producer.stop()
    return count
