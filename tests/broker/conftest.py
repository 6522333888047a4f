"""A stack and our own processes, one pair a test, and ways to wait for the end."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from dev.demo.seen import Seen, look
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import System
from stream.config import load_config
from stream.simulator.loading import events_of, load_events
from stream.simulator.play import Play, write_play
from stream.sla.policy import Rules

_APPLIED = re.compile(rb"^replyclock_events_total\{.*\} [1-9]", re.MULTILINE)
CHANNELS = ("C0SALES", "C0OPS")


class Scene:
    """A backlog of events with a known truth, and the processes to work it off."""

    def __init__(self, system: System, rules: Rules) -> None:
        self.system = system
        self.rules = rules
        self.slack = SlackStandIn(system.stack.slack_page_url)

    def backlog(self, *, rate: int, seconds: int = 34, ago: int = 60) -> Play:
        """Put a play into Kafka that is over since long: every deadline has passed."""
        start = time.time_ns() // 1_000_000 - ago * 1000
        play = write_play(self.rules, seed=3, start=start, seconds=seconds, rate=rate)
        loading = load_events(
            self.system.stack.broker,
            "conversations.events",
            events_of(play.deliveries),
        )
        assert asyncio.run(loading) == play.truth.events
        return play

    def wait_for_first_batch(self) -> None:
        """Return as soon as the worker has applied anything of the backlog."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError):
                url = self.system.url("worker") + "/metrics"
                page = urlopen(url, timeout=5).read()  # noqa: S310  http by construction
                if _APPLIED.search(page):
                    return
            time.sleep(0.01)
        raise AssertionError("the worker applied nothing in a minute")

    def see(self) -> Seen:
        return asyncio.run(
            look(
                self.system.stack.broker,
                "conversations.events",
                "sla.facts",
                self.slack,
                CHANNELS,
            )
        )

    def wait_until(self, holds: Callable[[Seen], bool], seconds: float = 60) -> Seen:
        """What was seen when it held; or at the end of the time, for the asserts."""
        deadline = time.monotonic() + seconds
        while not holds(seen := self.see()) and time.monotonic() < deadline:
            time.sleep(0.3)
        return seen


@pytest.fixture
def scene(tmp_path) -> Iterator[Callable[..., Scene]]:
    """Starts a stack with our processes: `scene("worker", "alerts")`."""
    with ExitStack() as stacks:

        def start(*names: str) -> Scene:
            services = ("kafka", "redis", "slack")
            stack = stacks.enter_context(
                Stack.start(tmp_path / "stack", services=services)
            )
            system = System(stack)
            system.start(*names)
            system.wait_ready(*names)
            return Scene(system, load_config_of(system))

        yield start


def load_config_of(system: System) -> Rules:
    return load_config(Path(system.environment["REPLYCLOCK_CONFIG"])).rules()
