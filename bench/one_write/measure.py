"""One run: a warm program is frozen, a backlog is written, and it works it off.

The first backlog is not counted: a JVM compiles what it runs often, and we would be
compared with its interpreter.
"""

import asyncio
import signal
import time
from collections import Counter
from random import Random

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from msgspec import Struct

from bench.measure import cpu_seconds, wait_committed, write_backlog
from bench.one_write.sides import EVENTS, PROGRAMS, Program, compile_java, start
from bench.workload import PARTITIONS, Records, Workload
from dev.processes import terminate
from dev.stack import Stack
from stream.engine.topics import ensure_topics
from stream.kafka.partitions import partition_of

_KEYS = 200_000
_VALUE = b"x" * 200
_WARM_UP = 100_000
"""Events."""


class OneWrite(Struct, frozen=True, kw_only=True):
    """`wrong` keys have another count in the changelog than events were written.

    The seconds of the clock are until all is committed, so up to 0.6 s too long.
    """

    program: str
    events: int
    cpu_seconds: float
    wall_seconds: float
    wrong: int


async def one_write(stack: Stack, events: int, pairs: int) -> list[OneWrite]:
    """`pairs` runs of each program, in turn."""
    await asyncio.to_thread(compile_java, stack)
    warm_up, backlog = _backlog(_WARM_UP, 1), _backlog(events, 2)
    return [
        await _run(program, stack, f"one-write-{number}.", warm_up, backlog)
        for number in range(pairs)
        for program in PROGRAMS
    ]


def _backlog(events: int, seed: int) -> Workload:
    random = Random(seed)  # noqa: S311  traffic, not secrets
    partitions: tuple[Records, ...] = tuple([] for _ in range(PARTITIONS))
    for _ in range(events):
        key = b"key-%06d" % random.randrange(_KEYS)
        partitions[partition_of(key, PARTITIONS)].append((key, _VALUE))
    return Workload("one write", "one write", events, _KEYS, partitions, frozenset())


async def _run(
    program: Program, stack: Stack, prefix: str, warm_up: Workload, backlog: Workload
) -> OneWrite:
    prefix = f"{prefix}{program.name}."
    topics = dict.fromkeys((prefix + EVENTS, program.changelog(prefix)), PARTITIONS)
    await ensure_topics(stack.broker, topics)
    process = await asyncio.to_thread(start, program, stack, prefix, stack.processes)
    try:
        group = program.group(prefix)
        await write_backlog(stack.broker, prefix + EVENTS, warm_up)
        await wait_committed(stack.broker, group, warm_up.events, process)
        process.send_signal(signal.SIGSTOP)
        await write_backlog(stack.broker, prefix + EVENTS, backlog)
        cpu, began = cpu_seconds(process.pid), time.time()
        process.send_signal(signal.SIGCONT)
        everything = warm_up.events + backlog.events
        await wait_committed(stack.broker, group, everything, process)
        cpu, ended = cpu_seconds(process.pid) - cpu, time.time()
    finally:
        await asyncio.to_thread(terminate, process)
    counts = await _read(stack.broker, program.changelog(prefix))
    truth = Counter(
        key
        for each in (warm_up, backlog)
        for part in each.partitions
        for key, _ in part
    )
    return OneWrite(
        program=program.name,
        events=backlog.events,
        cpu_seconds=cpu,
        wall_seconds=ended - began,
        wrong=sum(counts.get(key) != count for key, count in truth.items()),
    )


async def _read(broker: str, changelog: str) -> dict[bytes, int]:
    """The last count of each key."""
    counts: dict[bytes, int] = {}
    partitions = [TopicPartition(changelog, number) for number in range(PARTITIONS)]
    async with AIOKafkaConsumer(bootstrap_servers=broker) as consumer:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.seek(partition, 0)
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                counts.update((r.key, int.from_bytes(r.value)) for r in records)
    return counts
