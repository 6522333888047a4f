"""Kafka's topics: wait for the broker, create what is missing, refuse what differs."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CoordinatorLoadInProgressError,
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
)

from stream.engine.admin import open_admin, quiet
from stream.engine.guard import EngineError
from stream.engine.topic import TableSpec, TopicSpec
from stream.kafka.access import KafkaAccess
from stream.kafka.probe import KafkaUnreachableError, probe
from stream.kafka.topic_policy import TopicPolicy

log = structlog.get_logger(__name__)

_FIRST_RETRY_S = 0.5
_LONGEST_RETRY_S = 10.0
_CREATED_WITHIN_S = 15.0
_COORDINATED_WITHIN_S = 30.0
_ALREADY_EXISTS = 36
_FORBIDDEN = (29, 31)  # to create this topic, to create topics in the cluster


async def wait_for_broker(broker: KafkaAccess | str) -> None:
    """Return when Kafka answers; until then one log line for each try, for ever.

    Raises `KafkaRefusedError` when it answers and does not take us.
    """
    access = KafkaAccess.to(broker)
    pause = _FIRST_RETRY_S
    while True:
        try:
            with quiet():
                await probe(access)
        except KafkaUnreachableError as error:
            log.warning(
                "kafka is not reachable",
                broker=access.bootstrap,
                protocol=access.protocol,
                error=str(error),
                retry_in_s=pause,
            )
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_RETRY_S)


async def wait_for_coordinator(broker: KafkaAccess | str, group: str) -> None:
    """Return when Kafka can coordinate the group; a new cluster takes a moment.

    Without this aiokafka logs an error at every start on a new cluster.
    """
    try:
        async with open_admin(broker) as admin, asyncio.timeout(_COORDINATED_WITHIN_S):
            while not await _coordinated(admin, group):  # noqa: ASYNC110 - Kafka sends no event
                await asyncio.sleep(0.1)
    except GroupAuthorizationFailedError as error:
        raise EngineError(
            f"Kafka lets this user not read as the group {group}: "
            "docs/kafka.md lists the rights needed"
        ) from error
    except (KafkaError, TimeoutError) as error:
        raise EngineError(
            f"Kafka does not coordinate the consumer group {group}: {error!r}"
        ) from error


async def _coordinated(admin: AIOKafkaAdminClient, group: str) -> bool:
    try:
        await admin.find_coordinator(group)
    except (GroupCoordinatorNotAvailableError, CoordinatorLoadInProgressError):
        return False
    return True


async def ensure_topics(
    broker: KafkaAccess | str,
    topics: Mapping[str, int],
    *,
    policy: TopicPolicy = TopicPolicy(),  # noqa: B008 - a frozen value
    changelogs: Sequence[TableSpec] = (),
) -> None:
    """Create the missing ones of `{name: partitions}`; harmless when repeated.

    Raises `EngineError` when one exists with another partition count: the key of a
    conversation would then be found elsewhere than its state; or when one is missing
    that is not ours to create, with the commands that create it.
    """
    access = KafkaAccess.to(broker)
    specs = [*(TopicSpec(name, count) for name, count in topics.items()), *changelogs]
    try:
        async with open_admin(access) as admin:
            missing = _missing(specs, await _partitions(admin))
            if missing and not policy.create:
                why = "REPLYCLOCK_CREATE_TOPICS is false"
                raise _commands(access, policy, missing, why)
            if missing:
                refused = await _create(admin, missing, policy)
                if refused:
                    why = "this user may not create topics"
                    raise _commands(access, policy, refused, why)
                await _wait_until_created(admin, specs)
    except (KafkaError, TimeoutError) as error:
        raise EngineError(f"Kafka did not show or create topics: {error!r}") from error


def _commands(
    access: KafkaAccess, policy: TopicPolicy, missing: Sequence[TopicSpec], why: str
) -> EngineError:
    commands = [spec.command_under(policy, access.bootstrap) for spec in missing]
    first = f"missing in Kafka, or hidden from this user, and {why}; create with:"
    return EngineError("\n".join([first, *commands]))


def _missing(
    specs: Sequence[TopicSpec], found: Mapping[str, int]
) -> Sequence[TopicSpec]:
    """What is missing; raises for what differs."""
    differ = [
        f"topic {spec.name} has {found[spec.name]} partitions,"
        f" configured are {spec.partitions}"
        for spec in specs
        if spec.name in found and found[spec.name] != spec.partitions
    ]
    if differ:
        mend = "set REPLYCLOCK_PARTITIONS to what is there, or see docs/upgrading.md"
        raise EngineError("; ".join([*differ, mend]))
    return [spec for spec in specs if spec.name not in found]


async def _partitions(admin: AIOKafkaAdminClient) -> dict[str, int]:
    # All topics: a broker that creates topics by itself (Kafka's default) makes
    # those asked for by name, with its own number of partitions.
    return {
        topic["topic"]: len(topic["partitions"])
        for topic in await admin.describe_topics()
        if topic["partitions"]
    }


async def _create(
    admin: AIOKafkaAdminClient, missing: Sequence[TopicSpec], policy: TopicPolicy
) -> Sequence[TopicSpec]:
    """Create them; those that this user may not create."""
    response = await admin.create_topics(
        [
            NewTopic(
                spec.name,
                spec.partitions,
                policy.replication,
                topic_configs=spec.config_under(policy),
            )
            for spec in missing
        ]
    )
    refused = {name for name, code, *_ in response.topic_errors if code in _FORBIDDEN}
    for name, code, *reason in response.topic_errors:
        if code in (0, _ALREADY_EXISTS):  # another process was faster: fine
            continue
        if name not in refused:
            raise EngineError(f"Kafka did not create topic {name}: {reason} ({code})")
    log.info("topics created", topics=sorted({s.name for s in missing} - refused))
    return [spec for spec in missing if spec.name in refused]


async def _wait_until_created(
    admin: AIOKafkaAdminClient, specs: Sequence[TopicSpec]
) -> None:
    async with asyncio.timeout(_CREATED_WITHIN_S):
        while _missing(specs, await _partitions(admin)):  # noqa: ASYNC110 - Kafka sends no event
            await asyncio.sleep(0.1)
