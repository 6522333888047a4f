"""A worker on live traffic: how late it notices what passes while events arrive.

The delay of a breach is `noticed_at` less the deadline, `allowed_lateness` taken off,
for which it waits on purpose. The delay of a reply is from the moment it is written
to the fact that it was in time: what timers cost the stream.
"""

import asyncio
import signal
import time
from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition
from msgspec import Struct

from bench.measure import cpu_seconds, wait_committed, write_backlog
from bench.sides import OURS, start
from bench.traffic import Slot, Traffic
from bench.workload import PARTITIONS
from dev.faults import StackError
from dev.processes import terminate
from dev.stack import Stack
from stream.engine.changelog import BatchWriter
from stream.engine.topics import ensure_topics
from stream.records import decode_fact
from stream.sla.facts import FactKind
from stream.sla.policy import Rules

_TOPICS = ("conversations.events", "sla.facts", "sla.dead-letters")
_ENCODING_S = 150e-6
"""For an event, generously: the traffic's clock starts when all is encoded."""
_LATE_S = 0.5
"""Traffic that is written later than that says nothing about the worker."""
_AFTERWARDS_S = 12.0
"""For the last deadlines and what was delayed."""
_STEADY_S = 20
_MOST_RATE, _MOST_S = 4000, 11
_BURST_DUE_S = 12


class Delay(Struct, frozen=True):
    """Seconds."""

    median: float
    p99: float
    most: float


class Live(Struct, frozen=True, kw_only=True):
    """`load` is the worker's CPU time a second while events arrived."""

    what: str
    events: int
    rate: float
    breaches: int
    missing: int
    detection: Delay
    reply: Delay
    load: float


async def most(rules: Rules, stack: Stack) -> int:
    """Events a second when such traffic is a backlog: more can never be live."""
    prefix = f"most-{time.time_ns()}."
    await ensure_topics(stack.broker, {prefix + name: PARTITIONS for name in _TOPICS})
    traffic = Traffic(rules, int(time.time() * 1000) + 3_600_000, _MOST_S)
    traffic.steady(_MOST_RATE, _MOST_S - 1)
    process = await asyncio.to_thread(start, OURS, stack, prefix)
    try:
        process.send_signal(signal.SIGSTOP)
        await write_backlog(stack.broker, prefix + _TOPICS[0], traffic.backlog())
        process.send_signal(signal.SIGCONT)
        began = time.monotonic()
        group = OURS.group_of(prefix)
        await wait_committed(stack.broker, group, traffic.events, process)
        return int(traffic.events / (time.monotonic() - began))
    finally:
        await asyncio.to_thread(terminate, process)


async def steady(rules: Rules, stack: Stack, rate: int, title: str) -> Live:
    """`rate` events a second; one customer in twenty is not answered in time."""
    begin = begin_of(rate * _STEADY_S)
    traffic = Traffic(rules, begin, _STEADY_S)
    traffic.steady(rate, _STEADY_S - 1)
    return await _live(traffic, rules, stack, title, _STEADY_S)


async def burst(rules: Rules, stack: Stack, customers: int, rate: int) -> Live:
    """`customers` deadlines within one second, beside `rate` events a second."""
    seconds = _BURST_DUE_S + _STEADY_S
    begin = begin_of(customers + rate * seconds)
    traffic = Traffic(rules, begin, seconds)
    traffic.steady(rate, seconds - 1)
    traffic.burst(customers, _BURST_DUE_S - 4, _BURST_DUE_S)
    title = f"{customers:,} deadlines in one second"
    return await _live(traffic, rules, stack, title, seconds)


def begin_of(events: int) -> int:
    """When traffic of so many events may begin (ms): once it is encoded."""
    return int((time.time() + 3 + events * _ENCODING_S) * 1000)


async def _live(
    traffic: Traffic, rules: Rules, stack: Stack, title: str, seconds: int
) -> Live:
    prefix = f"live-{time.time_ns()}."
    await ensure_topics(stack.broker, {prefix + name: PARTITIONS for name in _TOPICS})
    process = await asyncio.to_thread(start, OURS, stack, prefix)
    try:
        cpu = await play(
            stack.broker, prefix + _TOPICS[0], traffic.slots(), process.pid
        )
        await asyncio.sleep(_AFTERWARDS_S)
    finally:
        await asyncio.to_thread(terminate, process)
    breaches, replies = await _delays(stack.broker, prefix + _TOPICS[1])
    late = rules.allowed_lateness / 1000
    return Live(
        what=title,
        events=traffic.events,
        rate=traffic.events / seconds,
        breaches=len(breaches),
        missing=traffic.breaches - len(breaches),
        detection=_delay([delay - late for delay in breaches]),
        reply=_delay(replies),
        load=cpu / seconds,
    )


async def play(broker: str, topic: str, slots: Iterable[Slot], pid: int) -> float:
    """Write each slot when its time has come; the process's CPU seconds meanwhile."""
    producer = AIOKafkaProducer(
        bootstrap_servers=broker, acks="all", max_batch_size=256 * 1024
    )
    await producer.start()

    async def crash(error: BaseException) -> None:
        raise StackError(f"the traffic was not written: {error!r}") from error

    writer = BatchWriter(topic, producer=lambda: producer, crash=crash)
    before = cpu_seconds(pid)
    try:
        for slot in slots:
            early = slot.at / 1000 - time.time()
            if early < -_LATE_S:
                raise StackError("the traffic was not written in time: a busy machine")
            await asyncio.sleep(max(0.0, early))
            async with asyncio.TaskGroup() as group:
                for partition, records in enumerate(slot.partitions):
                    group.create_task(writer.write(partition, records))
    finally:
        await producer.stop()
    return cpu_seconds(pid) - before


async def _delays(broker: str, topic: str) -> tuple[list[float], list[float]]:
    """Seconds from `at` to `noticed_at`, of breaches and of replies in time."""
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    breached: list[float] = []
    met: list[float] = []
    of_kind = {FactKind.BREACHED: breached, FactKind.MET: met}
    async with AIOKafkaConsumer(bootstrap_servers=broker) as consumer:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.seek(partition, 0)
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    fact = decode_fact(record.value)
                    if fact.kind in of_kind:
                        delay = fact.noticed_at - fact.at
                        of_kind[fact.kind].append(delay / 1000)
    return breached, met


def _delay(delays: Sequence[float]) -> Delay:
    if not delays:
        return Delay(0, 0, 0)
    found = sorted(delays)
    last = len(found) - 1
    return Delay(found[last // 2], found[last * 99 // 100], found[-1])
