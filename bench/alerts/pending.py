"""Restarts while thousands of posts are pending: what is posted twice, or lost.

Killed, ended in order and killed again, and started anew each time. Without storms each
alert is a message, of which a channel takes one a second: few are posted while that
goes on, and all others stay pending.
"""

import asyncio
from collections.abc import Sequence

from redis.asyncio import Redis

from alerts.ledger import Ledger
from bench.alerts.scene import CHANNELS, Scene, Shown, eventually, running
from bench.recovery import memory_of
from bench.rules import Timing
from dev.stack import Stack

PENDING = 10_000
_DUE_S = 12
_THRESHOLD, _NO_STORM = 5, 1_000_000
_NOTICED_S = 3.0
"""After the deadlines: `allowed_lateness`, and a second in which much is under way."""
_BETWEEN_S = 8.0
_SETTLED_S = 90.0


async def pending(stack: Stack) -> list[Timing]:
    """`PENDING` breaches within a second, in lists, and each by itself."""
    return [
        *await _restarted(stack, "in lists", _THRESHOLD),
        *await _restarted(stack, "each by itself", _NO_STORM),
    ]


def twice(messages: Sequence[Shown]) -> int:
    """How many are in their channel beside another of the same key."""
    return len(messages) - len({(each.channel, each.key) for each in messages})


async def _restarted(stack: Stack, how: str, threshold: int) -> list[Timing]:
    async with (
        running(stack, f"pending-{threshold}", CHANNELS, threshold) as scene,
        Redis.from_url(stack.redis_url) as redis,
    ):
        ledger = Ledger(redis, scene.prefix)
        empty = memory_of(scene.system.pid("alerts"))
        traffic = scene.traffic(_DUE_S + 2, PENDING)
        traffic.burst(PENDING, _DUE_S - 6, _DUE_S)
        await scene.play(traffic)
        await asyncio.sleep(_NOTICED_S)
        await _restart(scene)

        async def all_known() -> bool:
            told = sum(each.covers() for each in await scene.messages())
            return told + (await ledger.backlog()).count >= PENDING

        await eventually(all_known, _SETTLED_S)
        memory = memory_of(scene.system.pid("alerts")) - empty
        await asyncio.to_thread(scene.system.terminate, "alerts")
        messages = await scene.messages()
        left = (await ledger.backlog()).count
    told = sum(each.covers() for each in messages)
    what = f"{PENDING:,} pending, {how}"
    return [
        Timing(what=f"{what}: posted over three restarts", unit="", got=len(messages)),
        Timing(what=f"{what}: posted twice", unit="", got=twice(messages), asked=0),
        Timing(what=f"{what}: lost", unit="", got=PENDING - told - left, asked=0),
        Timing(what=f"{what}: alerts' memory", unit="MB", got=memory / 1e6, asked=100),
    ]


async def _restart(scene: Scene) -> None:
    for end in (scene.system.kill, scene.system.terminate, scene.system.kill):
        await asyncio.to_thread(end, "alerts")
        scene.system.start("alerts")
        await asyncio.to_thread(scene.system.wait_ready, "alerts")
        await asyncio.sleep(_BETWEEN_S)
