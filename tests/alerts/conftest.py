"""Real Redis and the stand-in Slack for the tests of delivery."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from alerts.customer import Shown
from alerts.deliverer import Deliverer
from alerts.delivery import Delivery, wall_ms
from alerts.lane import Pace
from alerts.ledger import Ledger
from alerts.metrics import Metrics
from alerts.positions import Span
from alerts.sinks.sinks import Sinks
from alerts.sinks.slack import SlackSink
from alerts.slack.blocks import message_of
from alerts.slack.client import Slack
from alerts.slack.listing import list_message
from alerts.storms.gathering import Gathering
from alerts.storms.lists import Lists
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import one_by_one
from stream.config import Alerts, Config
from stream.sla.facts import Fact
from stream.sla.instants import MINUTE
from tests.alerts.patience import eventually
from tests.alerts.world import World

ALL = ["warning", "breach", "escalation"]
_ALERTS = {
    "storm": {"threshold": 1000, "window": "60s"},
    "routes": [
        {"match": {"queue": "sales"}, "to": "sales-slack"},
        {"match": {"queue": "lost"}, "to": "lost-slack"},
        {"match": {"queue": "ahead"}, "to": "sales-slack", "tell": ALL},
        {"match": {"queue": "quiet"}, "to": "ops-slack", "tell": ALL},
        {"match": {"queue": "calm"}, "to": "ops-slack", "tell": ["breach"]},
        {"match": {"queue": "early"}, "to": "ops-slack", "tell": ["warning"]},
        {"to": "ops-slack"},
    ],
    "receivers": {
        "sales-slack": {"slack": {"channel": "C0SALES", "mention": "@here"}},
        "ops-slack": {"slack": {"channel": "C0OPS"}},
        "lost-slack": {"slack": {"channel": "C0LOST"}},
        "team-lead": {"slack": {"channel": "C0LEADS", "mention": "S0LEADS"}},
        "deputy": {"slack": {"channel": "C0LEADS", "mention": "U0DEPUTY"}},
        "sales-lead": {"slack": {"channel": "C0SALES", "mention": "U0LEAD"}},
    },
}


def config_of(**changed: Any) -> Config:
    """The rules of these tests, with other `alerts` where `changed` says so."""
    return Config.model_validate(
        {
            "version": 1,
            "calendars": {"office": {"week": {"mon-sun": ["09:00-17:00"]}}},
            "policies": [{"name": "everyone", "targets": {"first_reply": "30m"}}],
            "alerts": _ALERTS | changed,
        }
    )


CONFIG = config_of().alerts
"""Without storms: each is told by itself."""
SLOW = Pace(longest_backoff=1000, operator=2000, unclear=200)
"""Slack's own pace; only the waits after failures are shorter than in service."""


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url, retry=Retry(NoBackoff(), 1))
    async with client:
        yield client


@pytest.fixture
def ledger(redis: Redis, prefix: str) -> Ledger:
    return Ledger(redis, prefix)


class Delivering:
    """A running deliverer with real Redis and the stand-in Slack."""

    def __init__(
        self, ledger: Ledger, slack: SlackStandIn, alerts: Alerts | None = None
    ) -> None:
        self.ledger = ledger
        self.slack = slack
        self.config = config_of()
        if alerts is not None:
            self.alerts = alerts
        self.metrics = Metrics(self.alerts.receivers)
        self.lists = Lists(ledger._redis, ledger)
        self.offset = 0
        self.now = wall_ms

    @property
    def alerts(self) -> Alerts:
        return self.config.alerts

    @alerts.setter
    def alerts(self, alerts: Alerts) -> None:
        self.config = self.config.model_copy(update={"alerts": alerts})

    @property
    def gathering(self) -> Gathering:
        """Under the config that is set now."""
        return Gathering(self.lists, self.ledger, self.config, self.metrics.suppressed)

    @asynccontextmanager
    async def running(
        self, url: str | None = None, **changed: Any
    ) -> AsyncIterator[None]:
        token = changed.pop("token", self.slack.token)
        timeout = changed.pop("timeout", 5)
        async with (
            Slack(token, url or self.slack.url, timeout) as client,
            Sinks(
                SlackSink(client),
                shown=lambda _: Shown(),
                now=self.now,
                seconds=changed.pop("sink_seconds", 5),
            ) as sinks,
        ):
            self.deliverer = Deliverer(
                ledger=self.ledger,
                lists=self.lists,
                gathering=self.gathering,
                delivery=Delivery(
                    ledger=self.ledger,
                    sinks=sinks,
                    lists=self.lists,
                    config=self.alerts,
                    metrics=self.metrics,
                    write=message_of,
                    write_list=list_message,
                    owner=uuid4().hex,
                    now=self.now,
                    lease_ms=changed.pop("lease_ms", 15_000),
                    certain_ms=changed.pop("certain_ms", 0),
                ),
                metrics=self.metrics,
                stale_after=15 * MINUTE,
                **({"pace": SLOW, "poll_seconds": 0.2} | changed),
            )
            task = asyncio.create_task(self.deliverer.run())
            try:
                yield
            finally:  # else a test that fails hangs
                self.deliverer.stop()
                await task

    async def tell(self, *facts: Fact) -> None:
        """The agent's part: remember the facts and wake the deliverer."""
        numbered = [(fact, self.offset + n) for n, fact in enumerate(facts)]
        self.offset += len(facts)
        keys = await self.ledger.want(numbered)
        if hasattr(self, "deliverer"):
            self.deliverer.wake(keys)

    async def tell_again(self, *facts: Fact) -> None:
        """The agent's part after a loss: what was taken before is read from 0 again."""
        span = Span(partition=0, begin=0, end=len(facts), taken=len(facts))
        numbered = [(fact, offset) for offset, fact in enumerate(facts)]
        self.deliverer.wake(await self.ledger.want(numbered, span))

    async def messages(self, channel: str = "C0SALES") -> list[dict[str, Any]]:
        return await asyncio.to_thread(self.slack.messages, channel)

    async def titles(self, channel: str = "C0SALES") -> list[str]:
        """Headers of the channel's messages, oldest first, as they are now."""
        messages = await self.messages(channel)
        return [message["blocks"][0]["text"]["text"] for message in messages]

    async def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self.slack.calls, method)

    async def fail(self, method: str, **how: Any) -> None:
        await asyncio.to_thread(lambda: self.slack.fail(method, **how))

    async def settled(self, seconds: float = 15) -> None:
        """Wait until the channels show all that is wanted."""

        async def nothing_differs() -> bool:
            return (await self.ledger.backlog()).count == 0

        await eventually(nothing_differs, seconds)

    def counted(self, receiver: str, kind: str, result: str) -> float:
        labels = {"receiver": receiver, "kind": kind, "result": result}
        value = self.metrics.registry.get_sample_value(
            "replyclock_alerts_total", labels
        )
        return -1 if value is None else value


@pytest.fixture
def delivering(ledger: Ledger, slack: SlackStandIn) -> Delivering:
    return Delivering(ledger, slack)


@pytest.fixture
def minutes_ago() -> Callable[[float], int]:
    return lambda minutes: wall_ms() - round(minutes * MINUTE)


@pytest.fixture
def world(  # noqa: PLR0917  fixtures
    kafka: str,
    redis_url: str,
    slack: SlackStandIn,
    prefix: str,
    unused_tcp_port: int,
    tmp_path: Path,
) -> World:
    """Each breach is told by itself."""
    config = one_by_one(tmp_path)
    return World(kafka, redis_url, slack, prefix, unused_tcp_port, config=config)


@pytest.fixture
def own_redis(world: World, start_stack: Callable[..., Stack]) -> Stack:
    """A Redis that a test may kill, and `world` uses."""
    stack = start_stack("redis")
    world.env["REPLYCLOCK_REDIS_URL"] = stack.redis_url
    return stack
