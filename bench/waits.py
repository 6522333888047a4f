"""Who waits: an index of open alerts in Redis, and the posts that are to be made.

Times are the most of several looks, the answers of Redis included: whoever presses or
asks waits for the slowest.
"""

import time
from collections.abc import Iterable

from redis.asyncio import Redis

from alerts.catch_up import CatchUp
from alerts.entry import Step
from alerts.lane import Lane, Pace, Waiting
from alerts.ledger import Ledger
from bench.rules import Timing
from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Measure
from stream.sla.instants import MINUTE

OPEN = 10_000
_QUEUES = 20
_SHOWN = 5
_LOOKS = 50
_CHUNK = 500
_PREFIX = "bench."


async def waits(url: str) -> list[Timing]:
    """`OPEN` open alerts of twenty queues: placed, then looked at again and again."""
    async with Redis.from_url(url) as redis:
        before = await _memory(redis)
        ledger = Ledger(redis, _PREFIX)
        facts = list(_facts())
        keys: list[str] = []
        for start in range(0, OPEN, _CHUNK):
            chunk = facts[start : start + _CHUNK]
            keys += await ledger.want([(fact, n) for n, fact in enumerate(chunk)])
        placing = 0.0
        for start in range(0, OPEN, _CHUNK):
            entries = await ledger.entries(keys[start : start + _CHUNK])
            began = time.perf_counter()
            await ledger.waiting.place(entries)
            placing += time.perf_counter() - began
        picking = max([await _picked(ledger, queue=None) for _ in range(_LOOKS)])
        of_queue = max([await _picked(ledger, queue="queue-7") for _ in range(_LOOKS)])
        looking = max([await _looked(ledger) for _ in range(_LOOKS)])
        used = await _memory(redis) - before
        assert await ledger.waiting.count() == OPEN
    many = f"{OPEN:,} open alerts"
    return [
        _took(f"{many}: the {_SHOWN} most overdue of all", picking),
        _took(f"{many}: the {_SHOWN} most overdue of one queue", of_queue),
        _took(f"{many}, none told yet: a look at what is due", looking),
        _took(f"{many} for one channel: the next to be told", _next_of_lane(keys)),
        Timing(
            what=f"{many}: put into order", unit="ms", got=placing * 1e3, asked=None
        ),
        Timing(what=f"{many}: Redis' memory", unit="MB", got=used / 1e6, asked=100),
    ]


def _took(what: str, seconds: float) -> Timing:
    return Timing(what=what, unit="ms", got=seconds * 1e3, asked=50)


async def _picked(ledger: Ledger, queue: str | None) -> float:
    began = time.perf_counter()
    keys = await ledger.waiting.overdue(_SHOWN, queue)
    entries = await ledger.entries(keys)
    took = time.perf_counter() - began
    assert len([entry.alert for entry in entries]) == _SHOWN
    return took


async def _looked(ledger: Ledger) -> float:
    """What the deliverer asks Redis every second, whatever is in its lanes."""
    now, began = time.time_ns() // 1_000_000, time.perf_counter()
    await ledger.presses.come_due(now)
    await ledger.mutes.lift(now)
    differing = await ledger.differing()
    await ledger.backlog()
    took = time.perf_counter() - began
    assert len(differing) == OPEN
    return took


def _next_of_lane(keys: Iterable[str]) -> float:
    """As the deliverer asks it, in a process that has four partitions."""
    catch_up = CatchUp(lambda: frozenset(range(4)), lambda _: 0, time.monotonic)
    lane = Lane("C0SALES", Pace())
    for number, key in enumerate(keys):
        at = number * 7919 % OPEN
        lane.add(Waiting(key=key, step=Step.POST, at=at, partition=number % 4))
    took = []
    for _ in range(_LOOKS):
        began = time.perf_counter()
        taken = lane.take(0, lambda waiting: catch_up.may_post(waiting.partition, 0))
        took.append(time.perf_counter() - began)
        assert taken is not None
        lane.add(taken)
    return max(took)


async def _memory(redis: Redis) -> int:
    return int((await redis.info("memory"))["used_memory"])


def _facts() -> list[Fact]:
    now = time.time_ns() // 1_000_000
    return [
        Fact(
            fact_id=f"{number:032x}",
            kind=FactKind.BREACHED,
            at=now - (number * 7919) % OPEN,
            noticed_at=now,
            conversation_id=f"whatsapp:106540352242922:{number:032x}",
            channel=Channel.WHATSAPP,
            account="106540352242922",
            queue=f"queue-{number % _QUEUES}",
            measure=Measure.FIRST_REPLY,
            cycle=now - 30 * MINUTE,
            policy="everyone",
            policy_version="3f2a9c01d4e5",
            started_at=now - 30 * MINUTE,
            deadline=now,
            waited_ms=30 * MINUTE,
        )
        for number in range(OPEN)
    ]
