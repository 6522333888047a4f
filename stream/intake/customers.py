"""Customers: the names of one person are one conversation, for all intakes (ADR 15).

What a webhook teaches is believed at once, and kept in a compacted topic that each
intake reads. The order makes a crash harmless:

    1 the join and the events, acknowledged   2 the alias, acknowledged   3 the answer

Before 2 nobody else knows of it, and the same body, coming again, teaches it again.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from stream.channels.people import Alias, People, decode_alias, encode_alias, in_one
from stream.channels.reading import Parsed
from stream.kafka.access import KafkaAccess
from stream.kafka.events_topic import EventsTopic, KafkaAwayError
from stream.kafka.shared_table import SharedTable

_log = structlog.get_logger(__name__)


class Customers:
    """Keeps the events of webhooks, each in its customer's conversation."""

    def __init__(self, topic: EventsTopic, access: KafkaAccess, aliases: str) -> None:
        """`aliases`: the compacted topic's name."""
        self._topic = topic
        self._aliases = aliases
        self._people = People()
        self._table = SharedTable(access, aliases, self._take)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Connected to Kafka, as long as the context lasts."""
        async with self._topic, self._table:
            yield

    @property
    def is_ready(self) -> bool:
        return self._topic.is_ready and self._table.is_ready

    async def keep(self, parsed: Parsed) -> None:
        """Return when Kafka has all of it. Raises `KafkaAwayError`."""
        if not (parsed.events or parsed.links):
            return
        if not self._table.is_ready:
            raise KafkaAwayError("the customers' names are not read yet")
        events, learned = in_one(parsed, self._people)
        try:
            await self._topic.append(events, then=self._records(learned))
        except KafkaAwayError:
            for alias in learned:
                self._people.forget(alias)
            raise

    def _records(self, learned: Sequence[Alias]) -> list[tuple[str, bytes, bytes]]:
        return [
            (self._aliases, alias.name.encode(), encode_alias(alias))
            for alias in learned
        ]

    def _take(self, key: bytes, value: bytes) -> None:
        try:
            self._people.take(decode_alias(key, value))
        except ValueError as error:
            _log.warning("an alias cannot be read", error=str(error))
