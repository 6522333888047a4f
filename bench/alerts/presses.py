"""A press: acknowledged to Slack, and shown on the message that was pressed on."""

import asyncio
import re
import time
from collections.abc import Sequence

from alerts.presses.press import PressKind
from bench.alerts.scene import CHANNELS, Scene, Shown, p99, running
from bench.rules import Timing
from dev.faults import StackError
from dev.stack import Stack

OPEN = 100
RATE = 200
"""Events a second meanwhile, with the facts that come of them."""
_BURST_DUE_S = 8
_PACE_S = 1.2
"""Between two presses: Slack takes 50 edits a minute."""
_POSTED_S = 40
_NO_STORM = 1_000
_BY = re.compile("(?:Taken|the last) by <@")
_NEVER = 1_000_000
"""Of so many customers one waits in vain: the first."""


async def presses(stack: Stack) -> list[Timing]:
    """*Take* on each of `OPEN` messages: half over HTTP, half by Socket Mode."""
    seconds = _BURST_DUE_S + _POSTED_S + round(OPEN * _PACE_S) + 5
    async with running(stack, "presses", CHANNELS, _NO_STORM) as scene:
        traffic = scene.traffic(seconds, RATE * seconds)
        traffic.burst(OPEN - 1, _BURST_DUE_S - 4, _BURST_DUE_S)
        traffic.steady(RATE, seconds - 1, _NEVER)
        playing = asyncio.create_task(scene.play(traffic))
        await scene.told(OPEN, _BURST_DUE_S + _POSTED_S)
        messages = await scene.messages()
        half = len(messages) // 2
        found = await _pressed(scene, "Socket Mode", messages[:half])
        url = f"{scene.system.url('alerts')}/slack/actions"
        await asyncio.to_thread(scene.slack.deliver_to, url)
        found += await _pressed(scene, "HTTP", messages[half:])
        await playing
    return found


async def _pressed(scene: Scene, way: str, messages: Sequence[Shown]) -> list[Timing]:
    began, acknowledged = {}, []
    for message in messages:
        assert message.actions is not None  # somebody waits
        began[message.ts] = time.time()
        place = (message.channel, message.ts, message.actions, str(PressKind.TAKE))
        answer = await asyncio.to_thread(scene.slack.press, *place)
        if answer["answers"] != ["200"]:
            raise StackError(f"a press was not acknowledged: {answer['answers']}")
        acknowledged.append(answer["took_ms"])
        await asyncio.sleep(max(0.0, began[message.ts] + _PACE_S - time.time()))
    await asyncio.sleep(2 * _PACE_S)
    shown = [
        taken_at(each) / 1e3 - began[each.ts]
        for each in await scene.messages()
        if each.ts in began
    ]
    what = f"{len(messages)} presses by {way}, {OPEN} open alerts, {RATE} events/s"
    return [
        Timing(
            what=f"{what}: acknowledged, p99",
            unit="ms",
            got=p99(acknowledged),
            asked=300,
        ),
        Timing(what=f"{what}: shown, p99", unit="s", got=p99(shown), asked=2),
    ]


def taken_at(message: Shown) -> int:
    """When it said so first, in ms; raises `StackError`."""
    for at, said in message.versions:
        if _BY.search(said):
            return at
    raise StackError("a press is not shown")


def is_taken_at_all(message: Shown) -> bool:
    """Whether it says who has it; a list: who has some of those it tells."""
    return any(_BY.search(said) for _, said in message.versions)
