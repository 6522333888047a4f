"""Whether our place in a topic, the topic and our state still belong together.

```
        begin          committed      end
  events  ├──●──●──●──●──●──┼──●──●──●──┤       changelog  ├──▪──▪──▪──▪──┤
             their state is in the changelog ───────────────▶
```

Commits, events and changelog are three things in Kafka that can be lost apart: a topic
that is deleted and created anew, restored, or cut short by an unclean election. A
worker that goes on then forgets who waits, or takes new events for old ones.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from aiokafka.structs import ConsumerRecord, TopicPartition
from faust.types import TP

from stream.engine.landmark import Landmark, moved
from stream.engine.refusals import (
    RUNBOOK,
    check_ends,
    check_given,
    check_kept,
    check_open,
    check_same,
)
from stream.kafka.topic_reader import reading

LeavesState = Callable[[ConsumerRecord], bool]
"""Whether a record that was applied is in some changelog afterwards."""


class Continuity:
    """Looks before each hand-over; `app` is an `EngineApp`.

    Set `leaves_state` where some records leave nothing in a table, and `command` where
    there is one that begins anew.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.leaves_state: LeavesState = lambda _: True
        self.command = ""

    async def check(
        self, committed: Mapping[TP, int | None], given: Collection[TP]
    ) -> None:
        """`committed` of our partitions of events; `given`: all that are ours.

        Raises:
            EngineError: to go on would forget somebody, or take new events for old.
        """
        topics: dict[str, dict[int, int | None]] = {}
        for tp, offset in committed.items():
            topics.setdefault(tp.topic, {})[tp.partition] = offset
        for events, ours in topics.items():
            await self._check(events, ours, given)

    async def _check(
        self, events: str, committed: Mapping[int, int | None], given: Collection[TP]
    ) -> None:
        changelogs = [spec.name for spec in self.app.changelogs()]
        check_given(events, committed, changelogs, given)
        check_open(events, committed, self._way_out)
        await self._check_ends(events, {p: at or 0 for p, at in committed.items()})
        if not changelogs:
            return
        read = {p: at for p, at in committed.items() if at}
        for changelog in changelogs:
            empty = await self._empty(changelog, read)
            check_kept(
                events,
                changelog,
                [p for p in empty if await self._left(events, p, read[p])],
                self._way_out,
            )

    async def check_last(
        self, events: str, known: Mapping[int, Landmark | None]
    ) -> None:
        """`known`: the last record of each partition that is in a state, if one is.

        For `on_restored`. Raises `EngineError` when the topic ends before it, or has
        another record there.
        """
        last = {p: record for p, record in known.items() if record is not None}
        if last:
            await self._check_ends(events, {p: at + 1 for p, (at, _) in last.items()})
            others = await moved(self.app.access, events, last)
            check_same(events, others, last, self._way_out)

    async def _check_ends(self, events: str, seen: Mapping[int, int]) -> None:
        ends = await self.app.end_offsets(events, seen)
        check_ends(events, ends, seen, self._way_out)

    @property
    def _way_out(self) -> str:
        return f"{self.command} ({RUNBOOK})" if self.command else RUNBOOK

    async def _begins(self, topic: str, partitions: Iterable[int]) -> dict[int, int]:
        tps = [TP(topic, partition) for partition in partitions]
        found = await self.app.consumer.earliest_offsets(*tps)
        return {tp.partition: offset for tp, offset in found.items()}

    async def _empty(self, topic: str, partitions: Collection[int]) -> list[int]:
        if not partitions:
            return []
        begins = await self._begins(topic, partitions)
        ends = await self.app.end_offsets(topic, partitions)
        return sorted(p for p in partitions if begins[p] >= ends[p])

    async def _left(self, events: str, partition: int, read: int) -> bool:
        """Whether a record before offset `read` should have left a state behind.

        Heartbeats do not, nor what could not be read: their partition is healthy.
        """
        async with reading(self.app.access) as reader:
            async for record in reader.last([TopicPartition(events, partition)]):
                if record.offset >= read:
                    return False
                if self.leaves_state(record):
                    return True
        return False
