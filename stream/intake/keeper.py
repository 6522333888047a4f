"""Who keeps the events of a body: Kafka, or the spool while Kafka is away (ADR 18).

keep ──▶ Kafka ──────────────────────────▶ 200
           │ away                           ▲
           └──▶ the spool, on the disk ─────┘
                  │ Kafka is back
                  └──▶ Kafka, in order, then forgotten
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from typing import Protocol

import structlog

from stream.channels.reading import Parsed
from stream.intake.metrics import IntakeMetrics
from stream.intake.spool import Spool
from stream.intake.spool_file import SpoolError
from stream.intake.spool_record import decode_record, encode_record
from stream.kafka.events_topic import KafkaAwayError

_log = structlog.get_logger(__name__)

_RETRY_SECONDS = 1.0
_REFUSED_SECONDS = 5.0
"""So long after it refused one the spool is taken to refuse others."""
_BATCH_BYTES = 64 * 1024
"""About 150 messages: what a kill repeats at most; thousands a second all the same."""


class Keeper(Protocol):
    """Whoever answers for the events of a body from the moment it is answered 200."""

    @property
    def is_ready(self) -> bool: ...

    def following(self) -> AbstractAsyncContextManager[None]:
        """At work as long as the context lasts, whatever happens to Kafka."""

    async def keep(self, parsed: Parsed) -> None:
        """Return when all of it is kept. Raises `KafkaAwayError`."""


class SpoolingKeeper:
    """Kafka where it is there, else the spool, which it empties into Kafka.

    What comes while the spool is emptied goes to Kafka at once: the rules need no
    order, and a reply that waits behind an outage would be a false breach.
    """

    def __init__(self, kafka: Keeper, spool: Spool, metrics: IntakeMetrics) -> None:
        self._kafka = kafka
        self._spool = spool
        self._metrics = metrics
        self._refused_at = -_REFUSED_SECONDS
        self._said = ""

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        async with self._kafka.following():
            draining = asyncio.create_task(self._drain())
            try:
                yield
            finally:
                draining.cancel()
                await asyncio.gather(draining, return_exceptions=True)

    @property
    def is_ready(self) -> bool:
        is_refusing = monotonic() < self._refused_at + _REFUSED_SECONDS
        return self._kafka.is_ready or not is_refusing

    async def keep(self, parsed: Parsed) -> None:
        """Return when Kafka or the disk has it. Raises `KafkaAwayError`: neither."""
        try:
            await self._kafka.keep(parsed)
        except KafkaAwayError as away:
            await self._keep_on_disk(parsed, away)
        else:
            if not self._spool.waiting:
                self._said = ""

    async def _keep_on_disk(self, parsed: Parsed, away: KafkaAwayError) -> None:
        try:
            await self._spool.append(encode_record(parsed))
        except SpoolError as error:
            self._refused_at = monotonic()
            self._metrics.spool_refused()
            self._say("the spool takes nothing", error=str(error))
            raise KafkaAwayError(f"{away}, and the spool: {error}") from error
        self._metrics.spooled()
        self._say("webhooks wait in the spool")

    async def _drain(self) -> None:
        while True:
            try:
                while self._spool.waiting:
                    await self._drain_batch()
            except (KafkaAwayError, SpoolError) as error:
                _log.debug("the spool is not emptied", error=str(error))
            except Exception:  # noqa: BLE001  a fault of ours: again
                _log.exception("the spool is not emptied")
            await asyncio.sleep(_RETRY_SECONDS)

    async def _drain_batch(self) -> None:
        """In this order a process that dies repeats records, and loses none."""
        rows = await self._spool.oldest(_BATCH_BYTES)
        read: list[Parsed] = []
        unreadable: list[tuple[bytes, str]] = []
        for _, record in rows:
            try:
                read.append(decode_record(record))
            except ValueError as error:
                unreadable.append((record, str(error)))
        await self._kafka.keep(_in_one(read))
        for record, reason in unreadable:
            await self._spool.set_aside(record, reason)
        if rows:
            await self._spool.forget(rows[-1][0])
        if not self._spool.waiting:
            _log.info("the spool is empty")

    def _say(self, what: str, **more: str) -> None:
        """One line an outage, not one a webhook."""
        if what != self._said:
            self._said = what
            _log.warning(what, **more)


def _in_one(read: list[Parsed]) -> Parsed:
    """As if all had come in one body: sent and acknowledged together."""
    return Parsed(
        events=tuple(event for parsed in read for event in parsed.events),
        ignored={},
        links=tuple(link for parsed in read for link in parsed.links),
    )
