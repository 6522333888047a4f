"""A storm: everything of a queue breaks within one second."""

import asyncio
import time
from collections.abc import Sequence

from alerts.presses.press import PressKind
from alerts.storms.listing import is_list
from bench.alerts.presses import is_taken_at_all, taken_at
from bench.alerts.scene import CHANNELS, Scene, Shown, eventually, running
from bench.rules import Timing
from dev.stack import Stack

BREACHES = 10_000
_DUE_S = 12
_THRESHOLD = 5
_SETTLED_S = 60.0


async def storms(stack: Stack) -> list[Timing]:
    """`BREACHES` deadlines of one queue within a second, all for one channel."""
    async with running(stack, "storms", CHANNELS[:1], _THRESHOLD) as scene:
        traffic = scene.traffic(_DUE_S, BREACHES)
        traffic.burst(BREACHES, _DUE_S - 6, _DUE_S)
        await scene.play(traffic)
        await scene.told(BREACHES, _SETTLED_S)
        due = max(fact.at for fact in await scene.breaches())
        messages = await scene.messages()
        taken = await _taken(scene, messages)
        calls = await asyncio.to_thread(scene.slack.calls)
    what = f"{BREACHES:,} breaches in one second"
    refused = sum(call["error"] == "ratelimited" for call in calls)
    first = min(each.posted_at for each in messages)
    told = _told_at(messages) - due
    return [
        Timing(what=f"{what}: first in Slack", unit="s", got=(first - due) / 1e3),
        Timing(what=f"{what}: all told", unit="s", got=told / 1e3, asked=15),
        Timing(what=f"{what}: messages", unit="", got=len(messages)),
        Timing(what="*Take* on that list: shown", unit="s", got=taken, asked=2),
        Timing(what=f"{what}: calls over Slack's pace", unit="", got=refused, asked=0),
    ]


async def _taken(scene: Scene, messages: Sequence[Shown]) -> float:
    """Seconds from a press on the list until it says so of the first of them."""
    [shown] = [each for each in messages if is_list(each.key)]
    assert shown.actions is not None  # they wait
    place = (shown.channel, shown.ts, shown.actions, str(PressKind.TAKE))
    began = time.time()
    await asyncio.to_thread(scene.slack.press, *place)

    async def is_taken() -> bool:
        return any(map(is_taken_at_all, await scene.messages()))

    await eventually(is_taken, _SETTLED_S)
    [shown] = [each for each in await scene.messages() if each.ts == shown.ts]
    return taken_at(shown) / 1e3 - began


def _told_at(messages: list[Shown]) -> int:
    """When they told of all."""
    instants = sorted(at for each in messages for at, _ in each.versions)
    return next(
        at for at in instants if sum(each.covers(at) for each in messages) >= BREACHES
    )
