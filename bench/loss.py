"""What is lost and what comes twice when a worker ends, or another one joins, at work.

A backlog is being worked off; a part of it is committed when it happens. In the end
every fact must be in its topic. A fact that is there twice has the same id both times,
so a reader can drop it; one that is missing is gone.
"""

import asyncio
import signal
import subprocess
from enum import StrEnum

from msgspec import Struct

from bench.measure import EVENTS, FACTS, read_facts, wait_committed, write_backlog
from bench.sides import Side, start
from bench.workload import PARTITIONS, Workload
from dev.faults import StackError
from dev.processes import terminate
from dev.stack import Stack
from stream.engine.topics import ensure_topics

_PART = 0.2
"""Of the backlog, committed before it happens."""
_ENDS_WITHIN_S = 60.0


class Event(StrEnum):
    """What happens to the worker."""

    TERMINATE = "SIGTERM"
    KILL = "kill -9"
    JOIN = "a second one joins"


class Loss(Struct, frozen=True, kw_only=True):
    """Facts; `unexpected` are those that the rules do not draw.

    `is_done`: whether it committed the whole backlog in the end.
    """

    side: str
    event: Event
    is_done: bool
    facts: int
    missing: int
    repeated: int
    unexpected: int


async def lose(side: Side, workload: Workload, stack: Stack, event: Event) -> Loss:
    """Disturb `side` while it works `workload` off, then let it finish."""
    prefix = f"loss-{side.name}-{event.name.lower()}."
    topics = (prefix + EVENTS, prefix + FACTS, prefix + "sla.dead-letters")
    await ensure_topics(stack.broker, dict.fromkeys(topics, PARTITIONS))
    group = side.group_of(prefix)
    running = [await asyncio.to_thread(start, side, stack, prefix)]
    try:
        running[0].send_signal(signal.SIGSTOP)
        await write_backlog(stack.broker, topics[0], workload)
        running[0].send_signal(signal.SIGCONT)
        part = int(workload.events * _PART)
        await wait_committed(stack.broker, group, part, running[0])
        if event is not Event.JOIN:
            await asyncio.to_thread(_end, running.pop(), event)
        running.append(await asyncio.to_thread(start, side, stack, prefix))
        is_done = await _finished(stack, group, workload, running[-1])
    finally:
        for process in running:
            await asyncio.to_thread(terminate, process)
    changelog = side.changelog_of(prefix)
    ids, _ = await read_facts(stack.broker, topics[1], changelog)
    different = frozenset(ids)
    return Loss(
        side=side.name,
        event=event,
        is_done=is_done,
        facts=len(workload.facts),
        missing=len(workload.facts - different),
        repeated=len(ids) - len(different),
        unexpected=len(different - workload.facts),
    )


async def _finished(
    stack: Stack, group: str, workload: Workload, process: subprocess.Popen[bytes]
) -> bool:
    try:
        await wait_committed(stack.broker, group, workload.events, process)
    except StackError:
        return False
    return True


def _end(process: subprocess.Popen[bytes], event: Event) -> None:
    if event is Event.KILL:
        process.kill()
    else:
        process.send_signal(signal.SIGTERM)
    process.wait(_ENDS_WITHIN_S)
