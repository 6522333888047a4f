"""What Kafka shows of a consumer group to whoever asks, member or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import (
    CoordinatorLoadInProgressError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
)
from aiokafka.structs import TopicPartition

from stream.engine.admin import open_admin
from stream.engine.guard import EngineError
from stream.kafka.access import KafkaAccess

_AGAIN_S = 0.5
_NOT_YET = (CoordinatorLoadInProgressError, GroupCoordinatorNotAvailableError)
"""Of a coordinator that is new or moves."""
_UUID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Group:
    """What each member holds, by Kafka's id of it; the metadata of the last commits."""

    members: Mapping[str, frozenset[TopicPartition]]
    notes: Mapping[int, str]
    """By partition."""

    def has(self, member_id: str) -> bool:
        """Whether this static member is in the group.

        Kafka makes its own id of ours and a UUID; aiokafka cannot ask for ours alone.
        """
        return any(name[:-_UUID_LENGTH] == f"{member_id}-" for name in self.members)

    def held_beside(self, member: str) -> frozenset[TopicPartition]:
        """What the others hold; `member`: Kafka's id."""
        others = [held for name, held in self.members.items() if name != member]
        return frozenset().union(*others)


def held_in(assignment: bytes) -> frozenset[TopicPartition]:
    """What a member's assignment gives it; nothing while the group shares out."""
    if not assignment:
        return frozenset()
    found = ConsumerProtocolMemberAssignment.decode(assignment).partitions()
    return frozenset(found)


@asynccontextmanager
async def open_group(
    access: KafkaAccess, name: str, places: Sequence[TopicPartition], within_s: float
) -> AsyncIterator[Callable[[], Awaitable[Group]]]:
    """A function that looks at the group and at what is committed for `places`.

    Raises:
        EngineError: Kafka cannot be asked, or the block took more than `within_s`.
    """
    try:
        async with asyncio.timeout(within_s), open_admin(access) as admin:
            yield lambda: _look(admin, name, places)
    except (KafkaError, TimeoutError) as error:
        raise EngineError(
            f"Kafka does not tell who is in the group {name}: {error!r}"
        ) from error


async def _look(
    admin: AIOKafkaAdminClient, name: str, places: Sequence[TopicPartition]
) -> Group:
    while True:
        with suppress(*_NOT_YET):
            group = await _ask(admin, name, places)
            if group is not None:
                return group
        await asyncio.sleep(_AGAIN_S)


async def _ask(
    admin: AIOKafkaAdminClient, name: str, places: Sequence[TopicPartition]
) -> Group | None:
    coordinator = await admin.find_coordinator(name)
    # One group only: aiokafka misreads a list of them.
    (answer,) = await admin.describe_consumer_groups([name], coordinator)
    ((error, _, _, _, _, members, *_),) = answer.groups
    found = await admin.list_consumer_group_offsets(name, coordinator, list(places))
    # aiokafka does not raise for a coordinator that is still loading.
    if error or not found.keys() >= set(places):
        return None
    notes = {tp.partition: at.metadata for tp, at in found.items()}
    return Group({member[0]: held_in(member[4]) for member in members}, notes)
