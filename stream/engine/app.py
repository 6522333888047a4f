"""`EngineApp`: a Faust app with batches, restored tables and gated timers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from inspect import isawaitable
from typing import Any

import faust
from aiokafka.structs import ConsumerRecord, TopicPartition
from faust.transport.drivers.aiokafka import Producer
from faust.types import TP, StreamT

from stream.engine.changelog import BatchProducer, BatchWriter, Now, StateTable
from stream.engine.consumer import BatchConsumer
from stream.engine.continuity import Continuity
from stream.engine.elsewhere import Elsewhere
from stream.engine.faust_settings import faust_settings
from stream.engine.guard import EngineError, check_engine
from stream.engine.holds import Holds
from stream.engine.isolation import readable_end
from stream.engine.lease import Lease
from stream.engine.store import PartitionStore
from stream.engine.topic import ChangelogSpec
from stream.engine.transport import BatchSchema, BatchTransport
from stream.kafka.access import KafkaAccess
from stream.kafka.membership import Membership
from stream.kafka.topic_policy import TopicPolicy

Partitions = frozenset[int]
PartitionsCallback = Callable[[Partitions], Awaitable[None] | None]
BatchHandler = Callable[[int, Sequence[ConsumerRecord]], Awaitable[None]]
Tick = Callable[[], Awaitable[None]]

_NONE: Partitions = frozenset()


class EngineApp(faust.App):
    """One batched topic, any number of state tables and writers.

    Declare everything before `run_worker`; nothing here needs an event loop then.
    Raises `EngineError` when this is not the Faust the engine was written for.
    """

    logger = logging.getLogger("faust.app")  # else Faust's lines would be ours

    def __init__(
        self,
        app_id: str,
        *,
        broker: KafkaAccess | str,
        partitions: int,
        topic_policy: TopicPolicy = TopicPolicy(),  # noqa: B008 - a frozen value
        membership: Membership = Membership(),  # noqa: B008 - a frozen value
        stall_after: float = 120.0,
    ) -> None:
        """`stall_after`: seconds without movement after which the worker ends.

        Longer than Kafka's own time limits (30 s), whose errors say more.
        """
        check_engine()
        self.access = access = KafkaAccess.to(broker)
        self.partitions = partitions
        self.topic_policy = topic_policy
        self.membership = membership
        self.stall_after = stall_after
        self._batched: str | None = None
        self.restored: Partitions = _NONE
        self._state_tables: dict[str, StateTable] = {}
        self._restored_callbacks: list[PartitionsCallback] = []
        self._lost_callbacks: list[PartitionsCallback] = []
        self._running_ticks: list[asyncio.Lock] = []
        self.in_hand = 0
        self.elsewhere = Elsewhere(self)
        self.lease = Lease(membership.session_timeout)
        self.holds = Holds(membership, access, app_id)
        self.continuity = Continuity(self)
        super().__init__(app_id, **faust_settings(access, partitions, membership))

    # -- declaring

    def batches(self, topic: str) -> Callable[[BatchHandler], BatchHandler]:
        """Decorate `async def handler(partition, records)`: the batches of a topic.

        Records are aiokafka's, of one partition, raw bytes, ascending, at most
        2000, no hole between two calls. Returning means applied: the engine
        commits. Raising crashes the worker, and nothing of the batch is committed.
        """
        if self._batched is not None:
            raise EngineError(f"the app reads batches of {self._batched} already")
        self._batched = topic

        def register(handler: BatchHandler) -> BatchHandler:
            channel = self.topic(topic, schema=BatchSchema())

            async def deliver(stream: StreamT[Any]) -> None:
                async for event in stream.events():
                    await self._handle(handler, event.message)

            self.agent(channel, name=f"batches.{topic}")(deliver)
            return handler

        return register

    async def _handle(self, handler: BatchHandler, message: Any) -> None:
        self.in_hand += 1
        try:
            await handler(message.partition, message.value)
        except Exception as error:  # noqa: BLE001 - any fault must stop the worker
            await self.crash(error)
            # Neither acknowledge the batch nor take another one: a later batch
            # would carry the state past the one that failed.
            await asyncio.Event().wait()
        self.in_hand -= 1
        self._batches.applied[message.tp] = message.offset + 1

    def state_table(self, name: str, now: Now | None = None) -> StateTable:
        """A table restored from `<app id>-<name>-changelog` before batches flow."""
        table = self.Table(name, key_type=bytes, value_type=bytes)
        topic = table.changelog_topic.get_topic_name()
        state = StateTable(name, self.writer(topic, now))
        self._state_tables[topic] = state
        return state

    def writer(self, topic: str, now: Now | None = None) -> BatchWriter:
        """Writes record batches to any topic; a failed send crashes the worker."""
        producer, crash = self._kafka_producer, self.crash
        return BatchWriter(topic, producer=producer, crash=crash, now=now)

    def on_restored(self, callback: PartitionsCallback) -> PartitionsCallback:
        """Call with the partitions that are now ours, before their first batch."""
        self._restored_callbacks.append(callback)
        return callback

    def on_lost(self, callback: PartitionsCallback) -> PartitionsCallback:
        """Call with the partitions that were ours, when nothing works on them.

        Every rebalance takes all partitions; those that stay are restored again.
        """
        self._lost_callbacks.append(callback)
        return callback

    def every(self, seconds: float, tick: Tick) -> None:
        """Run `tick` about every so many seconds, only while `ready`.

        A rebalance and a stop wait for a tick under way. Raising crashes.
        """
        running = asyncio.Lock()
        self._running_ticks.append(running)

        async def run() -> None:
            while not self.should_stop:
                await self.sleep(seconds)
                async with running:
                    if self.ready:
                        await tick()

        self.task()(run)

    # -- asking

    @property
    def ready(self) -> bool:
        """Restored, and neither rebalancing nor stopping; perhaps no partitions."""
        is_stopping = self.rebalancing or self.should_stop
        return bool(self.tables.actives_ready) and not is_stopping

    def owned(self) -> Partitions:
        """Partitions of the batched topic that may be worked on at this moment."""
        return self.restored if self.ready else _NONE

    def applied(self, partition: int) -> int | None:
        """The offset before which all went through the handler; None if not ours."""
        return self._batches.applied.get(TP(self._batched or "", partition))

    def lag(self) -> dict[int, int]:
        """Records not applied yet for each owned partition, as of the last fetch."""
        lag = {}
        for partition in self.owned():
            highwater = self.consumer.highwater(TP(self._batched or "", partition))
            applied = self.applied(partition)
            if highwater is not None and applied is not None:
                lag[partition] = max(0, highwater - applied)
        return lag

    def readable(self) -> bool:
        """Whether some of the lag can be read now, and not when a transaction ends."""
        consumer = self._batches._thread._ensure_consumer()  # noqa: SLF001 - listed in guard.py
        for partition, lag in self.lag().items():
            end = readable_end(consumer, TopicPartition(self._batched or "", partition))
            if lag and end is not None and end > (self.applied(partition) or 0):
                return True
        return False

    async def end_offsets(
        self, topic: str, partitions: Iterable[int]
    ) -> dict[int, int]:
        """The next offset to be written, asked of Kafka now (not remembered)."""
        thread = self._batches._thread  # noqa: SLF001 - listed in guard.py
        # Not through Faust's queue to the thread: a fetch may be waiting in it.
        asked = asyncio.run_coroutine_threadsafe(
            thread._ensure_consumer().end_offsets(  # noqa: SLF001 - listed in guard.py
                [TopicPartition(topic, partition) for partition in partitions]
            ),
            thread.thread_loop,
        )
        found = await asyncio.wrap_future(asked)
        return {tp.partition: offset for tp, offset in found.items()}

    @property
    def member_id(self) -> str:
        """Kafka's id of us in the group; empty while we are not in it."""
        return str(self._batches._thread._ensure_consumer()._coordinator.member_id)  # noqa: SLF001 - listed in guard.py

    @property
    def recovery_progress(self) -> tuple[int, int]:
        """Changelog records (done, total) of the current or last recovery."""
        recovery = self.tables.recovery  # type: ignore[attr-defined] # BatchTables
        progress: tuple[int, int] = recovery.progress
        return progress

    def changelogs(self) -> list[ChangelogSpec]:
        """The changelog topics that must exist before the start."""
        return [ChangelogSpec(topic, self.partitions) for topic in self._state_tables]

    # -- called by the engine

    async def wait_for_turn(self) -> None:
        """Return when nobody else works as our member; see `Holds.wait_for_turn`."""
        if self._batched is not None:
            await self.holds.wait_for_turn(self._batched, self.partitions)

    def store_of(self, changelog: str) -> PartitionStore:
        return self._state_tables[changelog].store

    def clear_stores(self) -> None:
        for table in self._state_tables.values():
            table.store.clear()

    async def restore_partitions(self, assignment: Iterable[TP]) -> None:
        """The state is complete and positions are known; batches come next."""
        self.restored = frozenset(
            tp.partition for tp in assignment if tp.topic == self._batched
        )
        await _tell(self._restored_callbacks, self.restored)

    async def lose_partitions(self) -> None:
        """The flow is stopped, the last batch drained and committed."""
        await self._ticks_ended()
        lost, self.restored = self.restored, _NONE
        try:
            if lost:
                await _tell(self._lost_callbacks, lost)
        except Exception as error:  # noqa: BLE001 - aiokafka would only log it
            await self.crash(error)
        self.clear_stores()

    async def _ticks_ended(self) -> None:
        for running in self._running_ticks:
            async with running:
                pass

    # -- Faust's hooks

    async def on_first_start(self) -> None:
        """Faust would make folders in the working directory here."""

    async def on_stop(self) -> None:
        if self.crash_reason is None:
            await self._ticks_ended()
        await super().on_stop()
        if self.crash_reason is None and not self.in_hand and self.holds.released():
            self.lease.end()  # what we wrote is acknowledged, and nothing follows
            await self._batches.commit_applied()

    def _new_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker_producer, self)

    def _kafka_producer(self) -> BatchProducer:
        assert isinstance(self.producer, Producer)
        producer: BatchProducer = self.producer._ensure_producer()  # noqa: SLF001 - listed in guard.py
        return producer

    @property
    def _batches(self) -> BatchConsumer:
        assert isinstance(self.consumer, BatchConsumer)
        return self.consumer


async def _tell(callbacks: list[PartitionsCallback], partitions: Partitions) -> None:
    for callback in callbacks:
        result = callback(partitions)
        if isawaitable(result):
            await result
