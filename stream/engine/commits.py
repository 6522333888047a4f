"""Where a group goes on in a topic, moved from outside while nobody is a member.

```
  close ────────▶ what must not be half done ────────▶ open
  past any end: no member begins                       where the next one begins
```
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError
from aiokafka.structs import TopicPartition

from stream.engine.group import open_group
from stream.engine.guard import EngineError
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import TopicReader

CLOSED = 1 << 62
"""No topic reaches so far: `Continuity` refuses a commit there, in every version."""

_ANSWERED_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a group and one partition stand to each other."""

    partition: int
    committed: int | None
    """`CLOSED`, or the next offset to be read; None where nothing was committed."""
    first: int
    """The first offset that is kept."""
    end: int
    """The next offset to be written."""

    @property
    def read_up_to(self) -> str:
        """In words."""
        match self.committed:
            case None:
                return "-"
            case offset if offset == CLOSED:
                return "closed"
            case offset:
                return str(offset)


class GroupInUseError(EngineError):
    """There are members, whose commits these are."""

    def __init__(self, group: str) -> None:
        super().__init__(
            f"the group {group} has members: stop every process of it, and try again."
            " Kafka forgets one that was killed, or has a REPLYCLOCK_MEMBER_ID, within"
            " its session timeout"
        )


class Commits:
    """Of one group in the partitions of one topic."""

    def __init__(
        self, consumer: AIOKafkaConsumer, group: str, places: Sequence[TopicPartition]
    ) -> None:
        self._consumer = consumer
        self._group = group
        self._places = {place.partition: place for place in places}

    async def standings(self, reader: TopicReader) -> list[Standing]:
        """How it stands with each partition, as the topic is now."""
        bounds = await reader.bounds(self._places.values())
        return [
            Standing(
                partition=place.partition,
                committed=await self._consumer.committed(place),
                first=first,
                end=end,
            )
            for place, (first, end) in bounds.items()
        ]

    async def write(self, offsets: Mapping[int, int]) -> None:
        """Raises `GroupInUseError` when somebody has joined: Kafka takes none then."""
        try:
            await self._consumer.commit(
                {self._places[number]: offset for number, offset in offsets.items()}
            )
        except CommitFailedError as error:
            raise GroupInUseError(self._group) from error

    async def close(self) -> None:
        """No member begins until `write` says where."""
        await self.write(dict.fromkeys(self._places, CLOSED))


@asynccontextmanager
async def open_commits(
    access: KafkaAccess, group: str, places: Sequence[TopicPartition]
) -> AsyncIterator[Commits]:
    """The commits of a group without members.

    Raises `GroupInUseError` when it has some, `EngineError` when Kafka does not tell.
    """
    async with open_group(access, group, places, _ANSWERED_S) as look:
        if (await look()).members:
            raise GroupInUseError(group)
    consumer = AIOKafkaConsumer(
        **access.client(), group_id=group, enable_auto_commit=False
    )
    try:
        await consumer.start()
        # It joins nothing and reads nothing; aiokafka commits what is assigned only.
        consumer.assign(list(places))
        consumer.pause(*places)
        yield Commits(consumer, group, places)
    finally:
        await consumer.stop()
