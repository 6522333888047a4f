"""A worker and alerts beside the stand-in Slack, and what its channels show."""

import asyncio
import json
import math
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from alerts.storms.listing import is_list
from bench.live import begin_of, play
from bench.measure import EVENTS, FACTS
from bench.traffic import Traffic
from bench.workload import PARTITIONS
from dev.demo.seen import read_topic
from dev.faults import StackError
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import System
from stream.config import load_config
from stream.engine.topics import ensure_topics
from stream.records import decode_fact
from stream.sla.facts import Fact, FactKind

CHANNELS = ("C0SALES", "C0SUPPORT", "C0OPS", "C0LEADS", "C0DEMO")
"""All that the stand-in has."""
_TOPICS = (EVENTS, FACTS, "sla.dead-letters")
_BROKEN = re.compile(r"(\d+) (?:promises? )?broken")
"""In the title of a list: of how many it tells."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of ours in a channel; times in milliseconds of wall time."""

    channel: str
    key: str
    ts: str
    actions: str | None
    """The id of the block with its buttons."""
    versions: tuple[tuple[int, str], ...]
    """Since when it said what, as JSON: the first is the post."""

    @property
    def posted_at(self) -> int:
        return self.versions[0][0]

    def covers(self, until: float = math.inf) -> int:
        """How many alerts it told by then."""
        said = [text for at, text in self.versions if at <= until]
        if not said or not is_list(self.key):
            return len(said[:1])
        found = _BROKEN.search(said[-1])
        return int(found[1]) if found else 0


class Scene:
    """A queue and a receiver each channel, whose storms begin above `threshold`."""

    def __init__(
        self, stack: Stack, name: str, channels: Sequence[str], threshold: int
    ) -> None:
        file = stack.folder / f"{name}.yaml"  # JSON is YAML
        file.write_text(json.dumps(config_of(channels, threshold)), "utf-8")
        self.config = load_config(file)
        self.prefix = f"{name}-{time.time_ns()}."
        self.slack = SlackStandIn(stack.slack_url)
        self.system = System(stack, prefix=self.prefix, config=file)
        secret = self.slack.signing_secret
        self.system.environment["REPLYCLOCK_SLACK_SIGNING_SECRET"] = secret
        self._channels = channels
        self._broker = stack.broker

    def traffic(self, seconds: int, events: int) -> Traffic:
        """To be filled with about `events`, at once: it has a beginning."""
        accounts = [_account(number) for number in range(len(self._channels))]
        rules = self.config.rules()
        return Traffic(rules, begin_of(events), seconds, accounts)

    async def play(self, traffic: Traffic) -> None:
        """Return when its last event is written."""
        pid = self.system.pid("worker")
        await play(self._broker, self.prefix + EVENTS, traffic.slots(), pid)

    async def begin(self) -> None:
        names = dict.fromkeys((self.prefix + name for name in _TOPICS), PARTITIONS)
        await ensure_topics(self._broker, names)
        await asyncio.to_thread(self.slack.reset)
        self.system.start("worker", "alerts")
        await asyncio.to_thread(self.system.wait_ready, "worker", "alerts")

    async def breaches(self) -> list[Fact]:
        partitions = await read_topic(self._broker, self.prefix + FACTS)
        facts = [decode_fact(value) for values in partitions for value in values]
        return [fact for fact in facts if fact.kind is FactKind.BREACHED]

    async def messages(self) -> list[Shown]:
        found: list[Shown] = []
        for channel in self._channels:
            said = await asyncio.to_thread(self.slack.messages, channel)
            found += (shown_of(channel, message) for message in said)
        return found

    async def told(self, count: int, within: float) -> None:
        """Wait until messages tell of so many alerts; raises `StackError`."""

        async def is_told() -> bool:
            return sum(each.covers() for each in await self.messages()) >= count

        await eventually(is_told, within)


@asynccontextmanager
async def running(
    stack: Stack, name: str, channels: Sequence[str], threshold: int
) -> AsyncIterator[Scene]:
    """Both processes are ready; they end with the block."""
    scene = Scene(stack, name, channels, threshold)
    try:
        await scene.begin()
        yield scene
    finally:
        for each in scene.system.names:
            scene.system.kill(each)


async def eventually(holds: Callable[[], Awaitable[bool]], within: float) -> None:
    """Wait until it holds; raises `StackError`."""
    until = time.monotonic() + within
    while not await holds():
        if time.monotonic() > until:
            raise StackError("alerts were not told in time")
        await asyncio.sleep(0.5)


def p99(values: Sequence[float]) -> float:
    """The least that 99 of 100 do not exceed: of few, the most."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


def _account(number: int) -> str:
    return f"10654035224{number:04}"


def config_of(channels: Sequence[str], threshold: int) -> dict[str, Any]:
    """As in a file."""
    return {
        "version": 1,
        "queues": {
            channel.lower(): {"accounts": [f"whatsapp:{_account(number)}"]}
            for number, channel in enumerate(channels)
        },
        "policies": [{"name": "everyone", "targets": {"first_reply": "5m"}}],
        "alerts": {
            "storm": {"threshold": threshold, "window": "60s"},
            "routes": [
                *(
                    {"match": {"queue": channel.lower()}, "to": channel.lower()}
                    for channel in channels
                ),
                {"to": channels[0].lower()},
            ],
            "receivers": {
                channel.lower(): {"slack": {"channel": channel}} for channel in channels
            },
        },
    }


def shown_of(channel: str, message: dict[str, Any]) -> Shown:
    """`message` as the stand-in tells it (`SlackStandIn.messages`)."""
    blocks = message["blocks"] or ()
    actions = [block["block_id"] for block in blocks if block["type"] == "actions"]
    return Shown(
        channel,
        message["metadata"]["event_payload"]["key"],
        message["ts"],
        actions[0] if actions else None,
        tuple(_versions(message)),
    )


def _versions(message: dict[str, Any]) -> Iterator[tuple[int, str]]:
    since = message["posted_at"]
    for edit in message["edits"]:
        yield since, json.dumps(edit["blocks"])
        since = edit["replaced_at"]
    yield since, json.dumps(message["blocks"])
