"""A breach to Slack: from the end of `allowed_lateness` until the message is there."""

from alerts.alert import alert_key
from bench.alerts.scene import CHANNELS, p99, running
from bench.rules import Timing
from dev.stack import Stack

RATE, SECONDS = 200, 60
_BREAKING = 50
"""One customer in so many: two a second, one each channel every 2.5 s (and a second
more or less), for a channel takes one message a second."""
_NO_STORM = 1_000
_SETTLED_S = 30.0


async def breaches(stack: Stack) -> list[Timing]:
    """`RATE` events a second; the breaches among them are no storm."""
    async with running(stack, "breaches", CHANNELS, _NO_STORM) as scene:
        traffic = scene.traffic(SECONDS, RATE * SECONDS)
        traffic.steady(RATE, SECONDS - 1, _BREAKING)
        await scene.play(traffic)
        await scene.told(traffic.breaches, _SETTLED_S)
        posted = {each.key: each.posted_at for each in await scene.messages()}
        facts = await scene.breaches()
        lateness = scene.config.allowed_lateness
    delays = [posted[alert_key(fact)] - fact.at - lateness for fact in facts]
    noticed = [fact.noticed_at - fact.at - lateness for fact in facts]
    what = f"{RATE} events/s, {len(facts)} breaches, 2 a second in {len(CHANNELS)}"
    what += " channels"
    return [
        Timing(what=f"{what}: in Slack, p99", unit="s", got=p99(delays) / 1e3, asked=1),
        Timing(what=f"{what}: at most", unit="s", got=max(delays) / 1e3),
        Timing(what=f"{what}: noticed, p99", unit="s", got=p99(noticed) / 1e3),
    ]
