"""Restoring tables after a rebalance: in batches, and in the right order.

The order at the end is what matters (H1 of `faust.md`). Stock Faust un-pauses the
source partitions first, seeks them afterwards and then clears its queues: what was
fetched in between is gone, and is counted as done.

```
stock:  resume partitions ─ seek ─ resume flow (clears the queues)
ours:   seek ─ tell on_restored ─ resume flow (clears the queues) ─ resume partitions
```
"""

import logging
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any

from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery, ServiceStopped
from faust.types import TP
from mode import Service

from stream.engine.guard import EngineError


class BatchRecovery(Recovery):
    """Loads changelog batches straight into the stores; `app` is an `EngineApp`."""

    app: Any
    logger = logging.getLogger("faust.recovery")  # else it would log as ours
    _loading = False
    _total = 0

    @property
    def progress(self) -> tuple[int, int]:
        """Records done and to do of the last recovery, by offset."""
        if not self._loading:
            return self._total, self._total
        return self._total - self.active_remaining_total(), self._total

    async def on_rebalance(self, *args: Any, **kwargs: Any) -> None:
        # A replay onto old state would keep keys whose deletion was compacted away.
        self.app.clear_stores()
        # So it begins at the beginning. Faust keeps the offsets of partitions that
        # stay, and when one rebalance overtakes another also of those that come back:
        # the records before them would be missing from the state.
        self.active_offsets.clear()
        await super().on_rebalance(*args, **kwargs)

    async def _seek_offsets(
        self, consumer: Any, tps: set[TP], offsets: Any, title: str
    ) -> None:
        # `offsets` holds the last one we have; Faust would seek to that, out of
        # range for a changelog whose beginning was compacted away.
        async with consumer.fetching:
            await consumer.seek_wait({tp: offsets[tp] + 1 for tp in tps})
            if title == "active":
                self.signal_recovery_end.clear()
                self._total = self.active_remaining_total()
                self._loading = self._total > 0

    def load(self, tp: TP, records: Sequence[Any]) -> None:
        """Apply a batch of one changelog partition; called by the consumer."""
        if tp not in self.active_tps:
            return
        store = self.app.store_of(tp.topic)
        store.apply(tp.partition, [(record.key, record.value) for record in records])
        self.active_offsets[tp] = records[-1].offset
        self._active_events_received_at[tp] = monotonic()
        self._end_when_complete()

    async def seek_back(self, dropped: Iterable[TP]) -> None:
        """Records of these changelogs were fetched and not loaded: fetch them again.

        Else their positions, which moved on, would tell that all has been read.
        """
        offsets = self.active_offsets
        known = self.active_tps & offsets.keys()
        back = {tp: offsets[tp] + 1 for tp in dropped if tp in known}
        if back:
            await self.app.consumer.seek_wait(back)

    async def skip_to_positions(self) -> None:
        """A fetch brought nothing: offsets that hold no record count as read.

        The tail of a compacted changelog may be empty batches; waiting for a
        record there would never end.
        """
        if not self._loading:
            return
        for tp, left in self.active_remaining().items():
            if left > 0:
                position = await self.app.consumer.position(tp)
                if position is not None and position > self.active_highwaters[tp]:
                    self.active_offsets[tp] = self.active_highwaters[tp]
        self._end_when_complete()

    def _end_when_complete(self) -> None:
        if self._loading and not self.need_recovery():
            self._loading = False
            self._set_recovery_ended()
            self.signal_recovery_end.set()

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Tables are complete: hand over to the streams."""
        await self._hand_over(generation_id)

    async def _resume_streams(self, generation_id: int = 0) -> None:
        # The same for an app without tables.
        await self._hand_over(generation_id)

    async def _hand_over(self, generation_id: int) -> None:
        app, consumer = self.app, self.app.consumer
        await app.on_rebalance_complete.send()
        self._set_recovery_ended()
        assignment = consumer.assignment()
        if app.consumer_generation_id != generation_id:
            return  # another rebalance has begun; it ends here again
        if assignment:
            await self._wait(
                consumer.perform_seek(), timeout=app.conf.broker_request_timeout
            )
            # Before anything is claimed, written or called ready.
            await self._wait(app.continuity.check(consumer.committed(), assignment))
            if not await consumer.claim():
                return  # another rebalance has begun; it ends here again
            await consumer.pause_changelogs()
            await app.restore_partitions(assignment)
        if app.consumer_generation_id != generation_id:
            return
        self.completed.set()
        app.flow_control.resume()  # clears the queues: nothing is in them yet
        consumer.resume_flow()
        consumer.resume_partitions(
            {tp for tp in assignment if not self._is_changelog_tp(tp)}
        )
        await app._fetcher.maybe_start()  # noqa: SLF001 - listed in guard.py
        self.tables.on_actives_ready()
        self.tables.on_standbys_ready()
        app.on_rebalance_end()

    async def _wait(self, coro: Any, timeout: Any = None) -> None:  # noqa: ASYNC109 - Faust's signature
        try:
            await super()._wait(coro, timeout=timeout)
        except ServiceStopped:
            if self.should_stop:
                raise
            # Faust takes a timeout for a stop, and never recovers again.
            raise EngineError(
                f"Kafka did not answer within {timeout} s during a recovery"
            ) from None

    @Service.task
    async def _slurp_changelogs(self) -> None:
        """Replaced by `load`: changelog records do not become messages."""


class BatchTables(TableManager):
    """Faust's table manager with our recovery."""

    logger = logging.getLogger("faust.tables")

    @property
    def recovery(self) -> BatchRecovery:
        if self._recovery is None:
            self._recovery = BatchRecovery(
                self.app, self, beacon=self.beacon, loop=self.loop
            )
        assert isinstance(self._recovery, BatchRecovery)
        return self._recovery
