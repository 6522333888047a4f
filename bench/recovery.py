"""A restart: a changelog is in Kafka, and a worker starts; how long until it is ready.

Ours and stock Faust restore the same bytes; a changelog of Quix Streams has other keys.
The time of a start with an empty changelog is taken off to get the rate, so
interpreter, imports and joining count for nobody; the whole time is told as well, since
that is what one waits for.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

from aiokafka import AIOKafkaProducer
from msgspec import Struct

from bench.sides import Side, start
from bench.workload import PARTITIONS
from dev.faults import StackError
from dev.processes import terminate
from dev.stack import Stack
from stream.engine.changelog import BatchWriter
from stream.engine.topics import ensure_topics
from stream.kafka.partitions import partition_of
from stream.sla.conversation import apply
from stream.sla.events import Author, AuthorKind, Channel, Direction, MessageEvent
from stream.sla.instants import from_ms, parse_rfc3339
from stream.sla.policy import Rules
from stream.worker.table import encode_state

TOPICS = ("conversations.events", "sla.facts", "sla.dead-letters")
_BEGIN = parse_rfc3339("2100-01-01T09:00:00Z")
_AT_ONCE = 20_000


class Restart(Struct, frozen=True, kw_only=True):
    """A start on `records` of `conversations` that wait; 0 is an empty changelog.

    `seconds` from the start to ready; `memory` in bytes is what the process has then.
    """

    side: str
    conversations: int
    records: int
    seconds: float
    memory: int


async def restart(
    side: Side, rules: Rules, stack: Stack, *, conversations: int, repeats: int = 1
) -> Restart:
    """Write each conversation's state `repeats` times, start `side`, and wait."""
    prefix = f"restart-{side.name}-{conversations}-{repeats}."
    topics = {prefix + name: PARTITIONS for name in TOPICS}
    changelog = side.changelog_of(prefix)
    await ensure_topics(stack.broker, {**topics, changelog: PARTITIONS})
    for _ in range(repeats):
        await write_states(stack.broker, changelog, rules, conversations)
    began = time.monotonic()
    process = await asyncio.to_thread(start, side, stack, prefix, within=180.0)
    seconds = time.monotonic() - began
    try:
        memory = memory_of(process.pid)
    finally:
        await asyncio.to_thread(terminate, process)
    return Restart(
        side=side.name,
        conversations=conversations,
        records=conversations * repeats,
        seconds=seconds,
        memory=memory,
    )


def rate(run: Restart, empty: Restart) -> float:
    """Changelog records a second, the start with an empty changelog taken off."""
    return run.records / max(0.1, run.seconds - empty.seconds)


def bytes_each(run: Restart, empty: Restart) -> float:
    """Memory for each conversation that waits, all included."""
    return (run.memory - empty.memory) / run.conversations


def account_of(rules: Rules) -> str:
    """The one that all of them wrote to."""
    return next(name for channel, name in rules.queues if channel == "whatsapp")


def key_of(account: str, number: int) -> str:
    """The id of a conversation, as long as real ones."""
    return f"whatsapp:{account}:{number * 7919:020x}"


def waiting(rules: Rules, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and states of `count` customers who wait for their first reply."""
    account = account_of(rules)
    for number in range(count):
        name = key_of(account, number)
        event = MessageEvent(
            v=1,
            event_id=f"e{number}",
            occurred_at=from_ms(_BEGIN + number),
            conversation_id=name,
            channel=Channel.WHATSAPP,
            account=account,
            message_id=f"wamid.{number}",
            direction=Direction.INBOUND,
            author=Author(kind=AuthorKind.CUSTOMER),
        )
        state, _, _ = apply(name, None, event, rules, 0)
        # -1: the events that it comes from are in no topic of this bench.
        yield name.encode(), encode_state(-1, state)


async def write_states(broker: str, topic: str, rules: Rules, count: int) -> None:
    """Put the states of `count` conversations that wait into a changelog."""
    producer = AIOKafkaProducer(
        bootstrap_servers=broker, acks="all", max_batch_size=256 * 1024
    )
    await producer.start()

    async def crash(error: BaseException) -> None:
        raise StackError(f"the changelog was not written: {error!r}") from error

    writer = BatchWriter(topic, producer=lambda: producer, crash=crash)
    parts: list[list[tuple[bytes, bytes]]] = [[] for _ in range(PARTITIONS)]

    async def flush() -> None:
        async with asyncio.TaskGroup() as group:
            for partition, part in enumerate(parts):
                group.create_task(writer.write(partition, part))
        for part in parts:
            part.clear()

    try:
        for number, (key, value) in enumerate(waiting(rules, count), start=1):
            parts[partition_of(key, PARTITIONS)].append((key, value))
            if number % _AT_ONCE == 0:
                await flush()
        await flush()
    finally:
        await producer.stop()


def memory_of(pid: int) -> int:
    """Resident bytes of a process."""
    pages = Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
