"""One run: a frozen process, a backlog, its work, and what came of it.

    ready ── SIGSTOP ── backlog written ── SIGCONT ────────────▶ all committed
                                           CPU, clock            CPU
                                                └─ wall ─▶ last record written

So start-up counts for nobody and nobody waits for events. The CPU time is that of
all threads of the process, the kernel's part included.
"""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition
from msgspec import Struct

from bench.sides import Side, start
from bench.workload import PARTITIONS, Workload
from dev.faults import StackError
from dev.processes import terminate
from dev.stack import Stack
from stream.engine.changelog import BatchWriter
from stream.engine.topics import ensure_topics
from stream.records import decode_fact

_SETTLE = 1.0
_LONGEST = 180.0
EVENTS, FACTS = "conversations.events", "sla.facts"


class Run(Struct, frozen=True, kw_only=True):
    """What a side did with a workload; times in seconds.

    `facts` are different ones; `repeated` came more than once; `missing` and
    `unexpected` compare them with what the bare rules say.
    """

    side: str
    workload: str
    events: int
    cpu_seconds: float
    wall_seconds: float
    facts: int
    repeated: int
    missing: int
    unexpected: int

    @property
    def is_right(self) -> bool:
        return not (self.repeated or self.missing or self.unexpected)


async def measure(side: Side, workload: Workload, stack: Stack, prefix: str) -> Run:
    """Let `side` work `workload` off, on topics of its own named by `prefix`."""
    events, facts = prefix + EVENTS, prefix + FACTS
    topics = (events, facts, prefix + "sla.dead-letters")
    await ensure_topics(stack.broker, dict.fromkeys(topics, PARTITIONS))
    process = await asyncio.to_thread(start, side, stack, prefix)
    try:
        await asyncio.sleep(_SETTLE)
        process.send_signal(signal.SIGSTOP)
        await write_backlog(stack.broker, events, workload)
        cpu, began = cpu_seconds(process.pid), time.time()
        process.send_signal(signal.SIGCONT)
        group = side.group_of(prefix)
        await wait_committed(stack.broker, group, workload.events, process)
        cpu = cpu_seconds(process.pid) - cpu
    finally:
        await asyncio.to_thread(terminate, process)
    ids, ended = await read_facts(stack.broker, facts, side.changelog_of(prefix))
    different = frozenset(ids)
    return Run(
        side=side.name,
        workload=workload.name,
        events=workload.events,
        cpu_seconds=cpu,
        wall_seconds=ended - began,
        facts=len(different),
        repeated=len(ids) - len(different),
        missing=len(workload.facts - different),
        unexpected=len(different - workload.facts),
    )


def cpu_seconds(pid: int) -> float:
    """User and system time of a running process, threads that ended included."""
    # The name before the last bracket may hold spaces and brackets of its own.
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


async def write_backlog(broker: str, topic: str, workload: Workload) -> None:
    """Within a second or so: the frozen process sends no heartbeats meanwhile."""
    producer = AIOKafkaProducer(
        bootstrap_servers=broker, acks="all", max_batch_size=256 * 1024
    )
    await producer.start()

    async def crash(error: BaseException) -> None:
        raise StackError(f"the backlog was not written: {error!r}") from error

    try:
        writer = BatchWriter(topic, producer=lambda: producer, crash=crash)
        async with asyncio.TaskGroup() as group:
            for partition, records in enumerate(workload.partitions):
                group.create_task(writer.write(partition, records))
    finally:
        await producer.stop()


async def wait_committed(
    broker: str, group: str, events: int, process: subprocess.Popen[bytes]
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        async with asyncio.timeout(_LONGEST):
            while True:
                committed = await admin.list_consumer_group_offsets(group)
                done = sum(max(0, found.offset) for found in committed.values())
                if done >= events:
                    return
                if process.poll() is not None:
                    raise StackError(f"{group} ended with {process.returncode}")
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise StackError(f"{group} committed {done} of {events}") from None
    finally:
        await admin.close()


async def read_facts(
    broker: str, facts: str, changelog: str
) -> tuple[list[str], float]:
    """The ids of all facts, and when the last fact or state was written."""
    ids: list[str] = []
    last = 0
    async with _consumer(broker) as consumer:
        for topic, only_last in ((facts, False), (changelog, True)):
            partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
            ends = await consumer.end_offsets(partitions)
            left = {tp: end for tp, end in ends.items() if end}
            consumer.assign(list(left))
            for tp, end in left.items():
                consumer.seek(tp, end - 1 if only_last else 0)
            while left:
                for tp, records in (await consumer.getmany(timeout_ms=500)).items():
                    last = max(last, records[-1].timestamp)
                    if not only_last:
                        ids += (decode_fact(r.value).fact_id for r in records)
                    if records[-1].offset + 1 >= ends[tp]:
                        left.pop(tp, None)
    return ids, last / 1000


@asynccontextmanager
async def _consumer(broker: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()
