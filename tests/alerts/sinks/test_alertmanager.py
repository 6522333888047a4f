"""A real Alertmanager: what fires there, for how long, and what is said of it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from redis.asyncio import Redis

from alerts.delivery import wall_ms
from alerts.ledger import Ledger
from alerts.repeats import EVERY
from alerts.sinks.alertmanager import OUTLIVES_US
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from stream.sla.instants import parse_rfc3339
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually
from tests.alerts.sinks.test_delivering import CONFIG

pytestmark = pytest.mark.broker


class Pager:
    """Alertmanager, asked for what fires of one queue."""

    def __init__(self, stack: Stack, queue: str) -> None:
        self.stack = stack
        self.queue = queue

    def firing(self) -> list[dict[str, Any]]:
        url = f"{self.stack.alertmanager_url}/api/v2/alerts"
        with urlopen(url, timeout=5) as answer:  # noqa: S310  our own
            alerts = json.load(answer)
        return [each for each in alerts if each["labels"].get("queue") == self.queue]

    async def restart(self) -> None:
        """It forgets what fires."""
        await asyncio.to_thread(self.stack.restart, "alertmanager")

    async def names(self) -> list[str]:
        found = await asyncio.to_thread(self.firing)
        return sorted(each["labels"]["alertname"] for each in found)

    async def shows(self, *names: str) -> None:
        async def it_does() -> bool:
            return await self.names() == [*names]

        await eventually(it_does)


@pytest.fixture
def pager(
    start_stack: Callable[..., Stack], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pager]:
    stack = start_stack("alertmanager")
    monkeypatch.setenv("REPLYCLOCK_SINK_OPS", stack.alertmanager_url)
    return Pager(stack, "uk")


@pytest.fixture
def delivering(ledger: Ledger, slack: SlackStandIn) -> Delivering:
    return Delivering(ledger, slack, CONFIG)


def fresh(name: str) -> Cycle:
    """One that breaks now: Alertmanager does not take what has ended long ago."""
    return Cycle(name, wall_ms() - 30 * 60_000, queue="uk")


async def test_it_fires_while_somebody_waits(
    delivering: Delivering, pager: Pager
) -> None:
    """Two conversations of a queue are two alerts; each ends by itself."""
    one, two = fresh("whatsapp:1:one"), fresh("whatsapp:1:two")
    async with delivering.running():
        await delivering.tell(one.breached(), two.breached())
        await delivering.settled()
        await pager.shows("ReplyPromiseBroken", "ReplyPromiseBroken")
        first, _ = sorted(
            pager.firing(), key=lambda each: each["annotations"]["conversation"]
        )
        await delivering.tell(one.answered(30.01, 0))
        await delivering.settled()
        await pager.shows("ReplyPromiseBroken")
        await delivering.tell(one.taken_back(30.02, 0))
        await delivering.settled()
        await pager.shows("ReplyPromiseBroken", "ReplyPromiseBroken")

    assert {
        name: first["labels"][name] for name in first["labels"] if name != "notice"
    } == {
        "alertname": "ReplyPromiseBroken",
        "channel": "whatsapp",
        "measure": "first_reply",
        "policy": "everyone",
        "queue": "uk",
        "receiver": "pager",
        "severity": "page",
    }
    assert first["annotations"]["conversation"] == "whatsapp:1:one"
    assert parse_rfc3339(first["startsAt"]) == one.deadline
    ends = parse_rfc3339(first["endsAt"])
    assert wall_ms() < ends <= wall_ms() + OUTLIVES_US


async def test_a_warning_that_breaks(delivering: Delivering, pager: Pager) -> None:
    """The warning is over when the promise is broken; met in time, nothing fires."""
    broken, met = fresh("broken"), fresh("met")
    config = CONFIG.routes[1].model_copy(update={"tell": ("warning", "breach")})
    routes = (CONFIG.routes[0], config, *CONFIG.routes[2:])
    delivering.alerts = CONFIG.model_copy(update={"routes": routes})
    delivering.now = lambda: wall_ms() - 5 * 60_000  # before the deadline
    async with delivering.running():
        await delivering.tell(broken.warned(24.9, 0), met.warned(24.9, 0))
        await delivering.settled()
        await pager.shows("ReplyPromiseNear", "ReplyPromiseNear")
        await delivering.tell(met.met(29, 0), broken.breached(0))
        await delivering.settled()
        await pager.shows("ReplyPromiseBroken")


async def test_it_is_told_again_what_it_forgot(
    delivering: Delivering, pager: Pager
) -> None:
    """It was restarted and knows nothing: within a minute it fires again."""
    shift = 0
    delivering.now = lambda: wall_ms() + shift
    cycle = fresh("a")
    async with delivering.running():
        await delivering.tell(cycle.breached())
        await delivering.settled()
        await pager.shows("ReplyPromiseBroken")
        await pager.restart()
        shift = EVERY
        await pager.shows("ReplyPromiseBroken")


async def test_what_has_ended_is_repeated_once(
    delivering: Delivering, pager: Pager, redis: Redis
) -> None:
    """Its end is told once more, and then it is forgotten; what is open is not."""
    shift = 0
    delivering.now = lambda: wall_ms() + shift
    over, still = fresh("over"), fresh("still")
    async with delivering.running():
        await delivering.tell(over.breached(), still.breached())
        await delivering.settled()
        await delivering.tell(over.answered(30.01, 0))
        await delivering.settled()
        await pager.shows("ReplyPromiseBroken")
        shift = EVERY

        async def only_one_is_left() -> bool:
            return await redis.zcard(delivering.ledger.repeats.key) == 1

        await eventually(only_one_is_left)


async def test_it_is_away(delivering: Delivering, pager: Pager) -> None:
    """Gone and back: nothing is lost, and Slack went on meanwhile."""
    pager.stack.kill("alertmanager")
    async with delivering.running():
        await delivering.tell(fresh("a").breached(), Cycle("x", queue="ops").breached())

        async def slack_went_on() -> bool:
            return len(await delivering.messages("C0OPS")) == 1

        await eventually(slack_went_on)
        await pager.restart()
        await delivering.settled(30)
        await pager.shows("ReplyPromiseBroken")
