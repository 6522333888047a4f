"""The events topic, for one who writes to it and must know that it was kept.

                 ┌────────────── an outage: nothing acknowledged ◀────┐
                 ▼                                                    │
    away ── bootstrap, topic found ──▶ ready ── append() ──▶ acknowledged

While away, `append` fails at once: whoever called can answer and come again. An
outage ends the producer too, since aiokafka keeps asking the brokers it once knew,
and gives up for good after some errors; the next producer starts from the address
in the settings.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from time import monotonic
from typing import Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from stream.kafka.access import KafkaAccess
from stream.kafka.probe import KafkaRefusedError, probe
from stream.records import encode_event
from stream.sla.events import Event

_log = structlog.get_logger(__name__)

# Meta waits 5 s. A batch lives for the first, an `append` for the second.
_BATCH_MS = 3_000
_APPEND_SECONDS = 4.0
_RETRY_SECONDS = 1.0
_STOP_SECONDS = 5.0


Beside = tuple[str, bytes, bytes]
"""A record of another topic: its name, key and value."""


class KafkaAwayError(Exception):
    """Kafka did not acknowledge all of it in time; some of it may be kept."""


class _TopicMissingError(Exception):
    """Kafka is there and the topic is not."""


class EventsTopic:
    """Within `async with` it keeps the connection, whatever happens to Kafka."""

    def __init__(
        self,
        *,
        broker: KafkaAccess | str,
        name: str,
        partitions: int,
        also: Sequence[str] = (),
        client_id: str = "replyclock-intake",
    ) -> None:
        """`also`: other topics that must be there, for what is written beside."""
        self._client_id = client_id
        self._access = KafkaAccess.to(broker)
        self._broker = self._access.bootstrap
        self._name = name
        self._partitions = partitions
        self._also = tuple(also)
        self._producer: AIOKafkaProducer | None = None
        self._acknowledged_at = 0.0
        self._was_let_in = False
        self._outage = asyncio.Event()
        self.refused = asyncio.Event()
        """Kafka refused us before it ever took us: the settings are wrong."""
        self._running: asyncio.Task[None] | None = None
        self._is_closing = False

    async def __aenter__(self) -> Self:
        """Start to connect; Kafka need not be there yet."""
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send what is under way, then let go."""
        self._is_closing = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    @property
    def is_ready(self) -> bool:
        return self._producer is not None

    async def append(
        self, events: Sequence[Event], then: Sequence[Beside] = ()
    ) -> None:
        """Return when Kafka acknowledged every event, in at most four seconds.

        Events of one conversation keep their order: the key is its id, and the
        partitioner Java's murmur2 (contract 2). `then` is written when all events are
        acknowledged. Raises `KafkaAwayError`.
        """
        producer = self._producer
        if producer is None:
            raise KafkaAwayError("not connected")
        began_at = monotonic()
        acknowledgments: list[asyncio.Future[object]] = []
        try:
            async with asyncio.timeout(_APPEND_SECONDS):
                for event in events:
                    acknowledgments.append(  # noqa: PERF401  kept when one fails
                        await producer.send(
                            self._name,
                            key=event.conversation_id.encode(),
                            value=encode_event(event),
                        )
                    )
                await asyncio.gather(*acknowledgments)
                for topic, key, value in then:
                    await producer.send_and_wait(topic, key=key, value=value)
        except (KafkaError, TimeoutError) as error:
            for acknowledgment in acknowledgments:
                acknowledgment.cancel()
            # Others were acknowledged meanwhile: one partition is without a
            # leader, which passes by itself, and the rest must go on.
            if self._acknowledged_at < began_at:
                self._outage.set()
            raise KafkaAwayError(str(error) or type(error).__name__) from error
        self._acknowledged_at = monotonic()

    async def _run(self) -> None:
        # The flag beside the cancellation, which `asyncio.wait_for` may swallow
        # before Python 3.12, and aiokafka connects with it.
        while not self._is_closing:
            producer = await self._connect()
            try:
                self._outage.clear()
                self._was_let_in = True
                self._producer = producer
                await self._outage.wait()
                _log.error("kafka acknowledges nothing", broker=self._broker)
            finally:
                self._producer = None
                await _stop(producer)

    async def _connect(self) -> AIOKafkaProducer:
        said = ""
        while True:
            level = logging.ERROR
            try:
                return await self._open()
            except _TopicMissingError as missing:
                phrase, error = f"{missing} is missing", "create it, or start worker"
                if not self._was_let_in:
                    # A first start: the worker creates it a moment later.
                    phrase, level = f"{missing} is not there yet", logging.WARNING
            except KafkaRefusedError as refusal:
                phrase, error = "kafka refuses us", str(refusal)
                if not self._was_let_in:
                    self.refused.set()
            except Exception as away:  # noqa: BLE001  whatever it is, ask again
                phrase, error = "kafka is away", str(away) or type(away).__name__
            if self._is_closing:
                raise asyncio.CancelledError
            # One line an outage, not one a second.
            if phrase != said:
                _log.log(
                    level, phrase, broker=self._broker, topic=self._name, error=error
                )
                said = phrase
            await asyncio.sleep(_RETRY_SECONDS)

    async def _open(self) -> AIOKafkaProducer:
        await probe(self._access, within_ms=_BATCH_MS)
        producer = AIOKafkaProducer(
            **self._access.client(),
            client_id=self._client_id,
            acks="all",
            linger_ms=10,
            max_batch_size=128 * 1024,
            request_timeout_ms=_BATCH_MS,
            metadata_max_age_ms=60_000,
        )
        try:
            await producer.start()
            # Asking for one topic by name would create it, with the broker's
            # number of partitions: ask for all and look.
            known = await producer.client.fetch_all_metadata()
            found = known.partitions_for_topic(self._name)
            if not found:
                raise _TopicMissingError("events topic")  # noqa: TRY301  the producer must be stopped
            for name in self._also:
                if not known.partitions_for_topic(name):
                    raise _TopicMissingError(f"topic {name}")  # noqa: TRY301  likewise
            await producer.partitions_for(self._name)
        except BaseException:
            await _stop(producer)
            raise
        if len(found) != self._partitions:
            _log.warning(
                "events topic has another number of partitions than the settings",
                topic=self._name,
                found=len(found),
                settings=self._partitions,
            )
        _log.info("events topic is ready", broker=self._broker, topic=self._name)
        return producer


async def _stop(producer: AIOKafkaProducer) -> None:
    """Send what waits, as far as Kafka takes it, and close."""
    with contextlib.suppress(KafkaError, TimeoutError):
        await asyncio.wait_for(producer.stop(), _STOP_SECONDS)
