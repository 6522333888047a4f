"""Kafka's topics: wait for the broker, create what is missing, refuse what differs."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError

from stream.engine.guard import EngineError

log = structlog.get_logger(__name__)

_FIRST_RETRY_S = 0.5
_LONGEST_RETRY_S = 10.0
_CREATED_WITHIN_S = 15.0
_COORDINATED_WITHIN_S = 30.0
_UNKNOWN_TOPIC = 3
_ALREADY_EXISTS = 36

# A changelog is read whole at every start, so it is kept short: small segments
# that close soon, compacted as soon as a tenth is outdated.
_CHANGELOG = {
    "cleanup.policy": "compact",
    "segment.ms": "600000",
    "segment.bytes": str(64 * 1024 * 1024),
    "min.cleanable.dirty.ratio": "0.1",
    "delete.retention.ms": "3600000",
}


@dataclass(frozen=True, slots=True)
class ChangelogSpec:
    """The changelog topic of a state table, as it must be created."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=lambda: dict(_CHANGELOG))


async def wait_for_broker(broker: str) -> None:
    """Return when Kafka answers; until then one log line for each try, for ever."""
    pause = _FIRST_RETRY_S
    while not await _answers(broker):
        log.warning("kafka is not reachable", broker=broker, retry_in_s=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_RETRY_S)


async def wait_for_coordinator(broker: str, group: str) -> None:
    """Return when Kafka can coordinate the group; a new cluster takes a moment.

    Without this aiokafka logs an error at every start on a new cluster.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    try:
        with _quiet():
            await admin.start()
        async with asyncio.timeout(_COORDINATED_WITHIN_S):
            while not await _coordinated(admin, group):  # noqa: ASYNC110 - Kafka sends no event
                await asyncio.sleep(0.1)
    except (KafkaError, TimeoutError) as error:
        raise EngineError(
            f"Kafka does not coordinate the consumer group {group}: {error!r}"
        ) from error
    finally:
        await admin.close()


async def _coordinated(admin: AIOKafkaAdminClient, group: str) -> bool:
    try:
        await admin.find_coordinator(group)
    except GroupCoordinatorNotAvailableError:
        return False
    return True


async def ensure_topics(
    broker: str,
    topics: Mapping[str, int],
    *,
    replication: int = 1,
    changelogs: Sequence[ChangelogSpec] = (),
) -> None:
    """Create the missing ones of `{name: partitions}`; harmless when repeated.

    Raises `EngineError` when one exists with another partition count: the key of a
    conversation would then be found elsewhere than its state.
    """
    config = {spec.name: dict(spec.config) for spec in changelogs}
    wanted = {**topics, **{spec.name: spec.partitions for spec in changelogs}}
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    try:
        with _quiet():
            await admin.start()
        missing = _compare(wanted, await _partitions(admin, wanted))
        if missing:
            await _create(admin, missing, replication, config)
            await _wait_until_created(admin, wanted)
    except (KafkaError, TimeoutError) as error:
        raise EngineError(f"Kafka did not show or create topics: {error!r}") from error
    finally:
        await admin.close()


def _compare(wanted: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """What is missing; raises for what differs."""
    differ = [
        f"topic {name} has {found[name]} partitions, configured are {count}"
        for name, count in wanted.items()
        if name in found and found[name] != count
    ]
    if differ:
        raise EngineError("; ".join(differ))
    return {name: count for name, count in wanted.items() if name not in found}


async def _partitions(
    admin: AIOKafkaAdminClient, names: Mapping[str, int]
) -> dict[str, int]:
    return {
        topic["topic"]: len(topic["partitions"])
        for topic in await admin.describe_topics(list(names))
        if topic["error_code"] != _UNKNOWN_TOPIC and topic["partitions"]
    }


async def _create(
    admin: AIOKafkaAdminClient,
    missing: Mapping[str, int],
    replication: int,
    config: Mapping[str, dict[str, str]],
) -> None:
    response = await admin.create_topics(
        [
            NewTopic(name, count, replication, topic_configs=config.get(name, {}))
            for name, count in missing.items()
        ]
    )
    for name, code, *reason in response.topic_errors:
        if code not in (0, _ALREADY_EXISTS):  # another process was faster: fine
            raise EngineError(f"Kafka did not create topic {name}: {reason} ({code})")
    log.info("topics created", topics=sorted(missing))


async def _wait_until_created(
    admin: AIOKafkaAdminClient, wanted: Mapping[str, int]
) -> None:
    async with asyncio.timeout(_CREATED_WITHIN_S):
        while _compare(wanted, await _partitions(admin, wanted)):  # noqa: ASYNC110 - Kafka sends no event
            await asyncio.sleep(0.1)


async def _answers(broker: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker, request_timeout_ms=5000)
    try:
        with _quiet():
            await admin.start()
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
    return True


@contextmanager
def _quiet() -> Iterator[None]:
    # aiokafka logs each refused connection as an error; we say it in one line.
    logger = logging.getLogger("aiokafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
