"""Faust's consumer, corrected and batched: one message for each partition batch.

```
Kafka ── fetch ──▶ getmany ──┬─ changelog records ──▶ recovery.load (no message)
          (thread)           └─ events ─ in order? ──▶ one message, value = records
                                                       offset = the last record's
```

What stock Faust does wrong here, and where it is mended (numbers of `faust.md`):

- H1, H18: what was fetched and then dropped was lost, because the position had
  moved on. `perform_seek` seeks every source partition, committed or not, and
  `_in_order` lets only the very next record through.
- H2: acknowledgements were forgotten before the drain could commit them.
- H3: commits could pass a message in flight. Batches are acknowledged in order.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import structlog
import uvloop
from faust.transport.drivers.aiokafka import (
    AIOKafkaConsumerThread,
    Consumer,
)
from faust.types import TP, Message

from stream.engine.batch import to_batch
from stream.engine.consumer_thread import FETCH_WAIT_S, ConsumerThread
from stream.engine.holds import Holds
from stream.engine.tail import position_at_end, say_expired, say_missing

log = structlog.get_logger(__name__)

_NOTHING_ACTIVE_S = 0.05


class BatchConsumer(Consumer):
    """Delivers batches; `app` is an `EngineApp`."""

    app: Any
    logger = logging.getLogger("faust.consumer")  # else it would log as ours

    def __post_init__(self) -> None:
        super().__post_init__()
        # Held while a fetch is under way and until its changelog records are in
        # the store: nobody may seek between a fetch and the use of its records.
        self.fetching = asyncio.Lock()
        # The only record that may be delivered next; no entry, no delivery.
        self._next: dict[TP, int] = {}
        # Everything before this went through the handler.
        self.applied: dict[TP, int] = {}
        self._reread: dict[TP, int] = {}
        # Changelogs of which records were fetched and dropped: read them again.
        self._dropped: set[TP] = set()

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return ConsumerThread(
            self,
            loop=self.loop,
            beacon=self.beacon,
            thread_loop=uvloop.new_event_loop(),
        )

    # -- fetching

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:  # noqa: ASYNC109 - Faust's signature
        """Fetch once; yield a message for each source partition that has records."""
        if not self.flow_active:
            await self.can_resume_flow.wait()
        async with self.fetching:
            # Asked under the lock: while we waited for it another generation may
            # have begun and sought, and its records are not for us to drop.
            generation = self.app.consumer_generation_id
            records = await self._fetch(min(timeout, FETCH_WAIT_S), generation)
        if records is None:
            await asyncio.sleep(_NOTHING_ACTIVE_S)
            return
        await self._pass_by(records, generation)
        for tp, batch in records.items():
            if self._is_changelog_tp(tp):
                continue
            if tp in self._paused_partitions:
                self._reread.pop(TP(*tp), None)  # what was read again is dropped again
                continue
            fresh = await self._in_order(TP(*tp), batch)
            if self._outdated(generation):
                return
            if fresh:
                yield TP(*tp), to_batch(TP(*tp), fresh, generation)

    async def _fetch(
        self,
        timeout: float,  # noqa: ASYNC109 - Kafka's, not ours
        generation: int,
    ) -> Mapping[TP, list[Any]] | None:
        """Records of the active partitions, changelogs loaded; None: none active.

        Records of an earlier generation are dropped: whoever stopped the flow
        seeks before it resumes.
        """
        # A copy: Faust hands the live set to the thread, and a set that is emptied
        # meanwhile means "everything" to aiokafka.
        active = set(self._get_active_partitions())
        if not active or not self.flow_active:
            return None
        recovery = self.app.tables.recovery
        if self._dropped:
            await recovery.seek_back(self._dropped)
            self._dropped.clear()
        records = await self._getmany(active, timeout)
        if self._outdated(generation):
            self._dropped.update(TP(*tp) for tp in records if self._is_changelog_tp(tp))
            return {}
        for tp in [tp for tp in records if self._is_changelog_tp(tp)]:
            recovery.load(TP(*tp), records[tp])
        if not records:
            await recovery.skip_to_positions()
        return records

    def _outdated(self, generation: int) -> bool:
        return not self.flow_active or generation != self.app.consumer_generation_id

    async def _in_order(self, tp: TP, batch: Sequence[Any]) -> Sequence[Any]:
        """What of the batch follows the last one; nothing when there is a hole.

        Before: what was delivered already (a seek went back), skipped. After: a
        hole. Then the missing part is read again from Kafka; what Kafka skips
        when asked for exactly that offset is not in the topic (control records
        of a transactional producer, retention) and is nobody's loss.
        """
        expected = self._next.get(tp)
        if expected is None:
            return ()
        first, last = batch[0].offset, batch[-1].offset
        if first > expected and self._reread.get(tp) != expected:
            log.warning(
                "records skipped, reading again",
                topic=tp.topic,
                partition=tp.partition,
                expected=expected,
                found=first,
            )
            self._reread[tp] = expected
            await self.seek_wait({tp: expected})
            return ()
        if first > expected:
            say_missing(tp, expected, first)
        if last < expected:
            return ()
        self._next[tp] = last + 1
        self._reread.pop(tp, None)
        if first < expected:
            return [record for record in batch if record.offset >= expected]
        return batch

    async def _pass_by(self, records: Mapping[TP, list[Any]], generation: int) -> None:
        """Offsets at the end of a partition that hold no record count as applied.

        The position also goes on over a batch that was dropped, so it is believed
        only after reading again (`tail.py`).
        """
        for tp, expected in list(self._next.items()):
            if tp in records or tp in self._paused_partitions:
                continue
            if (
                self.applied.get(tp) != expected
                or (self.highwater(tp) or 0) <= expected
            ):
                continue
            at = await position_at_end(self, tp)
            if self._outdated(generation):
                return
            if at is None or at <= expected or self._next.get(tp) != expected:
                continue
            if self._reread.get(tp) != expected:
                self._reread[tp] = expected
                await self.seek_wait({tp: expected})
            else:
                self._reread.pop(tp, None)
                await say_expired(self, tp, expected)
                if self._outdated(generation):
                    return
                self._next[tp] = self.applied[tp] = at
                # So that the next commit says it to others, and after a restart to us.
                self._acked[tp].append(at - 1)
                self._acked_index[tp].add(at - 1)

    def on_buffer_drop(self, tp: TP) -> None:
        # A queue that empties during a rebalance must not un-pause its partition.
        if tp in self._paused_partitions:
            self._buffered_partitions.discard(tp)
        else:
            super().on_buffer_drop(tp)

    # -- positions

    async def perform_seek(self) -> None:
        """Seek every source partition: to what is named, committed, or its start.

        Stock Faust leaves a partition without a commit where the fetcher is, so
        whatever was fetched and dropped before is lost for good (H18).
        """
        async with self.fetching:
            committed = await self.seek_to_committed()
            sources = {
                TP(*tp): offset
                for tp, offset in committed.items()
                if not self._is_changelog_tp(tp)
            }
            starts = await self._starts([tp for tp, at in sources.items() if not at])
            named = await self.app.elsewhere.seek(self, sources)
            for tp, offset in sources.items():
                at = named[tp] if tp in named else offset or starts[tp]
                self._next[tp] = self.applied[tp] = at
                self._read_offset[tp] = at or None
                self._committed_offset[tp] = offset or None
                self._reread.pop(tp, None)

    def committed(self) -> dict[TP, int | None]:
        """What was committed of each source partition when it was sought."""
        return {tp: self._committed_offset[tp] for tp in self.applied}

    async def pause_changelogs(self) -> None:
        """After a recovery: what we write ourselves need not come back to us."""
        changelogs = [tp for tp in self.assignment() if self._is_changelog_tp(tp)]
        assert isinstance(self._thread, ConsumerThread)
        await self._thread.call_thread(self._thread.pause_fetching, changelogs)

    async def _starts(self, tps: list[TP]) -> Mapping[TP, int]:
        if not tps:
            return {}
        starts = await self.earliest_offsets(*tps)
        await self.seek_wait(starts)
        return starts

    # -- committing

    def _new_offset(self, tp: TP) -> int | None:
        # One stream, one agent, one queue: acknowledged in order, so everything
        # up to the highest is done. Faust's gap logic made holes (H1, H3).
        acked = self._acked[tp]
        if not acked:
            return None
        offset = max(acked) + 1
        acked.clear()
        self._acked_index[tp].clear()
        return offset

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Do nothing: a jump between the last offsets of batches is no gap."""

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        # A crashed worker may have acknowledged the batch it crashed on.
        if self.app.crash_reason is not None or not self.app.lease.holds():
            return False
        return await super()._commit(offsets)

    async def claim(self) -> bool:
        """Hold what is ours as a static member; False: the group shares out anew."""

        async def commit() -> bool:
            await self.app.lease.proven()
            return await self.commit_applied()

        holds: Holds = self.app.holds
        return await holds.claim([*self.applied], commit)

    async def commit_applied(self) -> bool:
        """Commit where each source partition stands, whether it has moved or not."""
        return not self.applied or bool(await self._thread.commit(dict(self.applied)))

    async def wait_empty(self) -> None:
        if self.app.crash_reason is None:
            await super().wait_empty()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Stop the flow, drain, commit; only then forget the acknowledgements (H2)."""
        # Kafka began to wait for us up to a heartbeat ago.
        conf = self.app.conf
        self.app.lease.leave_within(
            conf.broker_rebalance_timeout - 2 * conf.broker_heartbeat_interval
        )
        self._active_partitions.difference_update(revoked)
        self._paused_partitions.difference_update(revoked)
        await self._on_partitions_revoked(revoked)
        await self.app.lose_partitions()
        self._buffered_partitions.clear()
        self._next.clear()
        self.applied.clear()
        for tp in revoked:
            self._gap.pop(tp, None)
            self._acked.pop(tp, None)
            self._acked_index.pop(tp, None)
            self._read_offset.pop(tp, None)
            self._committed_offset.pop(tp, None)
