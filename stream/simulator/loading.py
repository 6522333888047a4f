"""A play as events, without an intake: for files, tests, and the bench."""

from collections.abc import Iterable, Iterator

from aiokafka import AIOKafkaProducer

from stream.channels.people import People, in_one
from stream.channels.sources import SOURCES
from stream.kafka.access import KafkaAccess
from stream.records import encode_event
from stream.simulator.stories import Delivery
from stream.sla.events import Event
from stream.sla.instants import from_ms

ID_SECRET = b"simulated"
"""What the pseudonyms of simulated customers are made with."""


def events_of(deliveries: Iterable[Delivery]) -> Iterator[Event]:
    """The events of webhooks that arrive at their times, in order of arrival."""
    people = People()
    for delivery in deliveries:
        parsed = SOURCES[delivery.source](
            delivery.body, id_secret=ID_SECRET, received_at=from_ms(delivery.at)
        )
        yield from in_one(parsed, people)[0]


async def load_events(
    broker: KafkaAccess | str, topic: str, events: Iterable[Event]
) -> int:
    """Put events into a topic, all acknowledged; how many they were."""
    # The default partitioner is Kafka's murmur2, as the contract asks of producers.
    producer = AIOKafkaProducer(
        **KafkaAccess.to(broker).client(),
        acks="all",
        linger_ms=20,
        max_batch_size=256 * 1024,
    )
    count = 0
    try:
        await producer.start()
        for event in events:
            key = event.conversation_id.encode()
            await producer.send(topic, encode_event(event), key=key)
            count += 1
        await producer.flush()
    finally:
        await producer.stop()
    return count
