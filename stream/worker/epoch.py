"""A new epoch: the events are read again from the first one that is kept.

For when the offsets that we know are none of this topic any more: it was made anew,
restored, cut short, or the changelog is gone. Conversations are kept without offsets;
an event that one of them holds is a repeat by its `event_id`, wherever it is now.

    1 close    no worker begins (`stream/engine/commits.py`)
    2 states   without their offsets; or none, and the events make them again
    3 open     at the first event that is kept

A crash in between leaves it closed, and all of it may be done again.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import msgspec
from aiokafka.structs import TopicPartition

from stream.engine.changelog import writing
from stream.engine.commits import Standing, open_commits
from stream.engine.guard import EngineError
from stream.engine.store import Item, PartitionStore
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings
from stream.worker.table import StateVersionError, without_offset

_AT_ONCE = 10_000

Step = Callable[[int], None]
"""Called with how much further in the changelog we are."""


class Epoch:
    """Of all workers; methods raise `EngineError` and aiokafka's `KafkaError`."""

    def __init__(
        self, settings: Settings, reader: TopicReader, *, rebuild: bool
    ) -> None:
        """`rebuild`: conversations are forgotten, too."""
        self._access = settings.kafka
        self._group = settings.worker_group
        self._rules = settings.config
        self._events = settings.events_topic
        self._changelog = settings.changelog_topic
        self._reader = reader
        self._rebuild = rebuild

    @property
    def says(self) -> str:
        """What `begin` does."""
        again = f"{self._events} is read again from the first event"
        if not self._rebuild:
            return f"{again}; conversations are kept"
        return (
            f"{again}; conversations are forgotten, and made again from it by the rules"
            f" of today ({self._rules}): what others judged may end differently"
        )

    async def look(self) -> list[Standing]:
        """How the workers stand to the events.

        Raises `GroupInUseError` when one of them runs.
        """
        events, logs = await self._partitions()
        if logs and len(logs) != len(events):
            raise EngineError(
                f"{self._changelog} has {len(logs)} partitions and {self._events} has"
                f" {len(events)}: replyclock doctor says what to do"
            )
        async with open_commits(self._access, self._group, events) as commits:
            return await commits.standings(self._reader)

    async def steps(self) -> int:
        """How far `count` and `begin` go in the changelog."""
        _, logs = await self._partitions()
        bounds = await self._reader.bounds(logs)
        return sum(end - first for first, end in bounds.values())

    async def count(self, step: Step) -> dict[int, int]:
        """How many conversations each partition has.

        Raises `EngineError` when one cannot be kept.
        """
        _, logs = await self._partitions()
        return {
            log.partition: sum(1 for _ in await self._changed(log, step))
            for log in logs
        }

    async def begin(self, step: Step) -> None:
        """Do it; raises `GroupInUseError` when a worker has started meanwhile."""
        events, logs = await self._partitions()
        async with open_commits(self._access, self._group, events) as commits:
            await commits.close()
            async with writing(self._access, self._changelog) as writer:
                for log in logs:
                    items = await self._changed(log, step)
                    while some := list(islice(items, _AT_ONCE)):
                        await writer.write(log.partition, some)
            standings = await commits.standings(self._reader)
            await commits.write({each.partition: each.first for each in standings})

    async def _partitions(self) -> tuple[list[TopicPartition], list[TopicPartition]]:
        """Of the events, and of the changelog: none when that is gone."""
        return (
            await self._reader.partitions(self._events),
            await self._reader.partitions(self._changelog),
        )

    async def _changed(self, log: TopicPartition, step: Step) -> Iterator[Item]:
        """What is to be written over the states of a partition."""
        store = PartitionStore()
        at, end = (await self._reader.bounds([log]))[log]
        async for record in self._reader.last([log]):
            store.apply(log.partition, [(record.key, record.value)])
            step(record.offset + 1 - at)
            at = record.offset + 1
        step(end - at)  # where compaction left nothing
        states = store.partition(log.partition)
        if self._rebuild:
            return ((key, None) for key in states)
        return _unread(log, states)


def _unread(log: TopicPartition, states: Mapping[bytes, bytes]) -> Iterator[Item]:
    try:
        for key, data in states.items():
            yield key, without_offset(data)
    except (StateVersionError, msgspec.MsgspecError) as error:
        raise EngineError(
            f"{log.topic}, partition {log.partition}, holds what cannot be kept:"
            f" {error}; with --rebuild it is made again from the events"
        ) from error
