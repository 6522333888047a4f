"""Growth: what an event costs with more live conversations, and with more workers.

A changelog of conversations that all wait is restored; then agents answer some of
them. Flat figures mean linear growth of the whole.
"""

import asyncio
import re
import signal
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from random import Random
from urllib.request import urlopen

from msgspec import Struct

from bench.measure import cpu_seconds, wait_committed, write_backlog
from bench.recovery import TOPICS, account_of, key_of, write_states
from bench.sides import OURS, start
from bench.workload import PARTITIONS, Records, Workload
from dev.faults import StackError
from dev.ports import reserve_port
from dev.processes import terminate
from dev.stack import Stack
from stream.engine.topics import ensure_topics
from stream.kafka.partitions import partition_of
from stream.records import encode_event
from stream.sla.events import Author, AuthorKind, Channel, Direction, MessageEvent
from stream.sla.instants import from_ms, parse_rfc3339
from stream.sla.policy import Rules

SHARED = 100_000
"""Conversations that one, two and three workers share."""
_REPLIES, _ANSWERED = 50_000, 10_000
"""So many answers to so many conversations, however many there are."""
_SHARED_WITHIN_S = 120.0
_ASSIGNED = re.compile(r"^replyclock_partitions_assigned{.*} (\d+)", re.MULTILINE)
_AT = parse_rfc3339("2100-01-01T09:01:00Z")


class Growth(Struct, frozen=True, kw_only=True):
    """`scrape_seconds` of one worker's metrics; CPU that of all workers together."""

    conversations: int
    workers: int
    cpu_seconds: float
    wall_seconds: float
    events: int
    scrape_seconds: float


async def grow(rules: Rules, stack: Stack, conversations: int, workers: int) -> Growth:
    """Let `workers` share `conversations`, and answer some of them."""
    prefix = f"growth-{conversations}-{workers}."
    changelog = OURS.changelog_of(prefix)
    names = [*(prefix + name for name in TOPICS), changelog]
    await ensure_topics(stack.broker, dict.fromkeys(names, PARTITIONS))
    await write_states(stack.broker, changelog, rules, conversations)
    replies = _replies(rules, conversations)
    async with AsyncExitStack() as running:
        ports = [reserve_port() for _ in range(workers)]
        processes = []
        for port in ports:
            process = await asyncio.to_thread(
                start, OURS, stack, prefix, within=180.0, port=port
            )
            running.push_async_callback(asyncio.to_thread, terminate, process)
            processes.append(process)
        await _share(ports)
        scrape = min([await asyncio.to_thread(_scrape, ports[0]) for _ in range(3)])
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        await write_backlog(stack.broker, names[0], replies)
        before = sum(cpu_seconds(process.pid) for process in processes)
        began = time.monotonic()
        for process in processes:
            process.send_signal(signal.SIGCONT)
        group = OURS.group_of(prefix)
        await wait_committed(stack.broker, group, replies.events, processes[0])
        wall = time.monotonic() - began
        after = sum(cpu_seconds(process.pid) for process in processes)
    return Growth(
        conversations=conversations,
        workers=workers,
        cpu_seconds=after - before,
        wall_seconds=wall,
        events=replies.events,
        scrape_seconds=scrape,
    )


def _replies(rules: Rules, conversations: int) -> Workload:
    """Agents' answers to some of the conversations."""
    random = Random(conversations)  # noqa: S311  traffic, not secrets
    chosen = random.sample(range(conversations), _ANSWERED)
    account = account_of(rules)
    partitions: tuple[Records, ...] = tuple([] for _ in range(PARTITIONS))
    for number in range(_REPLIES):
        name = key_of(account, chosen[number % _ANSWERED])
        event = MessageEvent(
            v=1,
            event_id=f"r{number}",
            occurred_at=from_ms(_AT + number),
            conversation_id=name,
            channel=Channel.WHATSAPP,
            account=account,
            message_id=f"wamid.r{number}",
            direction=Direction.OUTBOUND,
            author=Author(kind=AuthorKind.AGENT, id="agent:7"),
        )
        key = name.encode()
        partition = partition_of(key, PARTITIONS)
        partitions[partition].append((key, encode_event(event)))
    return Workload(
        "growth", "growth", _REPLIES, conversations, partitions, frozenset()
    )


async def _share(ports: Sequence[int]) -> None:
    """Return when every worker has some of the partitions, and all have all."""
    deadline = time.monotonic() + _SHARED_WITHIN_S
    while True:
        pages = [await asyncio.to_thread(_metrics, port) for port in ports]
        shares = [sum(map(int, _ASSIGNED.findall(page))) for page in pages]
        if sum(shares) == PARTITIONS and all(shares):
            return
        if time.monotonic() > deadline:
            raise StackError(f"the workers did not share the partitions: {shares}")
        await asyncio.sleep(0.5)


def _scrape(port: int) -> float:
    """Seconds of a look at the metrics."""
    began = time.monotonic()
    _metrics(port)
    return time.monotonic() - began


def _metrics(port: int) -> str:
    url = f"http://127.0.0.1:{port}/metrics"
    page: str = urlopen(url, timeout=30).read().decode()
    return page
