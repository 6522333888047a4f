"""Sending on: what was said in a conversation that moved goes to where it moved.

It is written to the events topic, under the other's key and so into the other's
partition, which may be another worker's; acknowledged before the state that lets it go.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from stream.kafka.partitions import partition_of
from stream.records import encode_event
from stream.sla.events import JoinedEvent

Write = Callable[[int, Sequence[tuple[bytes, bytes]]], Awaitable[None]]


class SendingOn:
    """`write` appends to a partition of the events topic, which has `partitions`."""

    def __init__(self, write: Write, partitions: int) -> None:
        self._write = write
        self._partitions = partitions

    async def send(self, events: Sequence[JoinedEvent]) -> None:
        """Return when Kafka has them, in their order for each conversation."""
        items: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
        for event in events:
            key = event.conversation_id.encode()
            items[partition_of(key, self._partitions)].append(
                (key, encode_event(event))
            )
        for partition, each in items.items():
            await self._write(partition, each)
