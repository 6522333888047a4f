"""Changelog records that were fetched and dropped: they are fetched again.

Found by chaos: a fetch of an earlier generation took the records that the new one had
just sought, dropped them, and the position said that all had been read. A worker then
began with half a state.
"""

import asyncio
from collections import Counter
from types import SimpleNamespace

from faust.types import TP

from stream.engine.consumer import BatchConsumer
from stream.engine.recovery import BatchRecovery

CHANGELOG = TP("app-counts-changelog", 0)


class Kafka(BatchConsumer):
    """The real fetch on a log of five records, without a broker or a Faust app."""

    def __init__(self):
        self.fetching = asyncio.Lock()
        self._dropped = set()
        self._next = {}
        self.flow_active = True
        self.position_ = 0
        self.loaded = []
        self.interrupt = lambda: None
        self.recovery = SimpleNamespace(
            load=lambda _tp, records: self.loaded.extend(records),
            seek_back=self.seek_back,
            skip_to_positions=self.skip,
        )
        self.app = SimpleNamespace(
            consumer_generation_id=1, tables=SimpleNamespace(recovery=self.recovery)
        )

    def _get_active_partitions(self):
        return {CHANGELOG}

    def _is_changelog_tp(self, tp):
        return tp == CHANGELOG

    async def _getmany(self, _active, _timeout):
        first, self.position_ = self.position_, 5
        records = list(range(first, 5))
        self.interrupt()
        return {CHANGELOG: records} if records else {}

    async def seek_back(self, dropped):
        assert dropped == {CHANGELOG}
        self.position_ = len(self.loaded)

    async def skip(self):
        """Where recovery would end."""


async def fetch(kafka):
    async for _ in kafka.getmany(1.0):
        pass


async def test_what_a_rebalance_dropped_is_read_again():
    """A generation that ends during a fetch costs nothing of the next one's state."""
    kafka = Kafka()

    def rebalance():
        kafka.app.consumer_generation_id = 2

    kafka.interrupt = rebalance
    await fetch(kafka)
    assert kafka.loaded == []
    kafka.interrupt = lambda: None
    await fetch(kafka)
    assert kafka.loaded == [0, 1, 2, 3, 4]


async def test_a_fetch_that_waited_for_a_seek_belongs_to_the_new_generation():
    """Who waits while the next generation seeks takes its records for that one."""
    kafka = Kafka()
    async with kafka.fetching:
        waiting = asyncio.create_task(fetch(kafka))
        await asyncio.sleep(0)
        kafka.app.consumer_generation_id = 2
    await waiting
    assert kafka.loaded == [0, 1, 2, 3, 4]


async def test_nothing_is_fetched_while_the_flow_is_stopped():
    """A fetch that waited while the flow was stopped leaves the position alone."""
    kafka = Kafka()
    async with kafka.fetching:
        waiting = asyncio.create_task(fetch(kafka))
        await asyncio.sleep(0)
        kafka.flow_active = False
    await waiting
    assert kafka.position_ == 0


async def test_a_rebalance_that_is_overtaken_leaves_no_offsets():
    """Stores are emptied at each rebalance, so the replay begins at the beginning.

    Found by chaos: Faust returns early when a newer generation has begun, and kept
    the offsets of partitions that later came back; their first records were missing.
    """
    recovery = object.__new__(BatchRecovery)
    cleared = []
    recovery.app = SimpleNamespace(
        clear_stores=lambda: cleared.append(True), consumer_generation_id=7
    )
    recovery.active_offsets = Counter({CHANGELOG: 399})

    await recovery.on_rebalance(set(), set(), set(), generation_id=6)

    assert cleared
    assert not recovery.active_offsets
