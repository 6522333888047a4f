"""Arrivals: when each event could be read, seen by a reader of our own.

A broker stamps a record when the leader has it. Nobody can read it before all replicas
in sync have it, and one that was killed counts as in sync for seconds: a worker that
concludes a breach meanwhile is right, and the stamp alone would call it wrong.
"""

import asyncio
import time
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer
from msgspec.structs import replace

from stream.records import decode_event, encode_event
from stream.sla.instants import from_ms

_READING_MS = 1000
"""Seen later than this after its stamp, an event was held back."""


class Arrivals:
    """Reads `topic` from its beginning while the trial goes on."""

    def __init__(self, broker: str, topic: str) -> None:
        self._consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=broker, auto_offset_reset="earliest"
        )
        self._events: dict[int, list[bytes]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._events = {tp.partition: [] for tp in self._consumer.assignment()}
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        await self._consumer.stop()

    async def all(self) -> list[list[bytes]]:
        """Every event, arrived when it could be read; a list a partition."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        while any(len(self._events[tp.partition]) < end for tp, end in ends.items()):
            if self._reading is not None and self._reading.done():
                await self._reading
            await asyncio.sleep(0.1)
        return list(self._events.values())

    async def _read(self) -> None:
        while True:
            batches = await self._consumer.getmany(timeout_ms=200)
            seen = time.time_ns() // 1_000_000
            for tp, records in batches.items():
                for record in records:
                    stamped = record.timestamp
                    held_back = seen - stamped > _READING_MS
                    event = replace(
                        decode_event(record.value),
                        received_at=from_ms(seen if held_back else stamped),
                    )
                    self._events[tp.partition].append(encode_event(event))
