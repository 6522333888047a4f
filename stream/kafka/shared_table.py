"""A compacted topic as a table that everybody has: read whole, then followed.

Each process of a kind reads all partitions, without a group, and knows the last value
of each key. Until it has read what was there when it came it is not `is_ready`.
"""

import asyncio
from collections.abc import Callable
from typing import Self

import structlog

from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading

_log = structlog.get_logger(__name__)

_RETRY_S = 1.0

Take = Callable[[bytes, bytes], None]
"""Called with each key and value, in the order of each partition; repeats happen."""


class TopicMissingError(Exception):
    """Kafka is there and the topic is not, or it is hidden from this user."""


class SharedTable:
    """Within `async with` it follows the topic, whatever happens to Kafka."""

    def __init__(self, access: KafkaAccess, name: str, take: Take) -> None:
        self._access = access
        self._name = name
        self._take = take
        self._running: asyncio.Task[None] | None = None
        self.is_ready = False

    async def __aenter__(self) -> Self:
        """Start to read; Kafka need not be there yet."""
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001  whatever it is, read again
                # Whoever writes says that Kafka is away, once an outage.
                text = str(error) or type(error).__name__
                _log.debug("table is not read", topic=self._name, error=text)
            await asyncio.sleep(_RETRY_S)

    async def _follow(self) -> None:
        async with reading(self._access) as reader:
            parts = await reader.partitions(self._name)
            if not parts:
                raise TopicMissingError("missing: create it, or start worker")
            # Read again whole after an outage: a repetition changes nothing.
            async for records, is_whole in reader.follow(parts):
                for record in records:
                    if record.value is not None:
                        self._take(record.key or b"", record.value)
                self.is_ready = self.is_ready or is_whole
