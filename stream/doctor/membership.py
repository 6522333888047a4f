"""Who is in a consumer group, and how far it has committed."""

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CoordinatorLoadInProgressError,
    GroupCoordinatorNotAvailableError,
)
from aiokafka.structs import TopicPartition

from stream.doctor.group import Group
from stream.doctor.sample import open_consumer
from stream.engine.admin import open_admin
from stream.engine.group import held_in
from stream.kafka.access import KafkaAccess

_PATIENCE_S = 3.0
"""A new cluster, or a coordinator that has just moved, takes a moment."""


async def read_group(
    access: KafkaAccess, name: str, topic: str, partitions: int
) -> Group | None:
    """The group's share of a topic; None while no broker can tell.

    Raises `GroupAuthorizationFailedError`.
    """
    places = [TopicPartition(topic, number) for number in range(partitions)]
    async with open_consumer(access) as consumer:
        first = await consumer.beginning_offsets(places)
        ends = await consumer.end_offsets(places)
    until = time.monotonic() + _PATIENCE_S
    async with open_admin(access) as admin:
        while True:
            described = await _describe(admin, name, places)
            if described is not None or time.monotonic() > until:
                break
            await asyncio.sleep(0.1)
    if described is None:
        return None
    state, assignments, committed = described
    return Group(
        state=state,
        members=[_held(assignment, topic) for assignment in assignments],
        behind={
            place.partition: ends[place] - max(committed[place], first[place])
            for place in places
        },
    )


async def _describe(
    admin: AIOKafkaAdminClient, name: str, places: list[TopicPartition]
) -> tuple[str, list[bytes], dict[TopicPartition, int]] | None:
    """State, assignments, and commits (-1: none yet)."""
    try:
        coordinator = int(await admin.find_coordinator(name))
    except (GroupCoordinatorNotAvailableError, CoordinatorLoadInProgressError):
        return None
    # One group only: aiokafka misreads a list of them.
    (answer,) = await admin.describe_consumer_groups([name], coordinator)
    (group,) = answer.groups
    committed = await admin.list_consumer_group_offsets(name, coordinator, places)
    # aiokafka does not raise for a coordinator that is still loading.
    if group[0] or not committed.keys() >= set(places):
        return None
    offsets = {place: found.offset for place, found in committed.items()}
    return group[2], [member[4] for member in group[5]], offsets


def _held(assignment: bytes, topic: str) -> frozenset[int]:
    places = held_in(assignment)
    return frozenset(place.partition for place in places if place.topic == topic)
