"""Whatever happens in whatever order, at the end Slack shows what the facts fold to.

A state machine of hypothesis (`RuleBasedStateMachine`): news of three promises of two
customers, read in order and again; two processes that begin, stop and are killed
within any step; a Slack that refuses, hangs up before or after it has done what it was
asked; a Redis that forgets everything. Real Redis, the stand-in Slack, the real
deliverer; only the pace is that of a Slack without limits.
"""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Awaitable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis.asyncio import Redis

from alerts.alert import Alert, AlertState, Told, alert_key, concerns_alerts
from alerts.customer import Shown
from alerts.deliverer import Deliverer
from alerts.delivery import Delivery, wall_ms
from alerts.folding import fold
from alerts.lane import Pace
from alerts.ledger import Ledger
from alerts.metrics import Metrics
from alerts.notice import parts_of
from alerts.positions import Span
from alerts.presses.book import Noted
from alerts.presses.handling import handling_of
from alerts.presses.press import Press, PressKind
from alerts.sinks.sinks import Sinks
from alerts.sinks.slack import SlackSink
from alerts.slack.blocks import message_of
from alerts.slack.client import Slack
from alerts.slack.listing import list_message
from alerts.slack.sentences import EMOJI, line_of, title_of
from alerts.storms.gathering import Gathering
from alerts.storms.lists import Lists
from dev.slack.api import TOKEN
from dev.slack.faults import Failure
from dev.slack.limits import Bucket, Spacing
from dev.slack.server import Server
from dev.slack.workspace import Workspace
from stream.sla.facts import Fact, Measure
from stream.sla.instants import MINUTE
from tests.alerts.conftest import CONFIG, config_of
from tests.alerts.cycles import Cycle

pytestmark = pytest.mark.broker

EXAMPLES = int(os.environ.get("REPLYCLOCK_RECONCILER_EXAMPLES", "200"))
SETTLED_SECONDS = 20
"""Later it hangs: a machine that is busy takes some seconds at times."""
UNLIMITED = Pace(
    post=0, edit=0, first_backoff=5, longest_backoff=20, operator=20, unclear=5
)
CYCLES = [
    Cycle("a", queue="calm"),
    Cycle("a", queue="calm", measure=Measure.RESOLUTION),
    Cycle("b", queue="ahead"),
    Cycle("b", queue="ahead", measure=Measure.WINDOW),
]
PRESSES = [PressKind.TAKE, PressKind.GIVE_BACK, PressKind.SNOOZE, PressKind.WAKE]
LONG_AFTER = wall_ms() + 24 * 60 * MINUTE
RULES = config_of()
NEWS = [
    "warned",
    "breached",
    "escalated",
    "answered",
    "taken_back",
    "ended",
    "retracted",
]
FAULTS: list[dict[str, Any]] = [
    {"hang_up": True},
    {"hang_up": True, "after_accepting": True},
    {"http_status": 503},
    {"http_status": 503, "after_accepting": True},
    {"error": "not_in_channel"},
]
METHODS = ["chat.postMessage", "chat.update", "conversations.history", "*"]


class Unlimited(Server):
    """The stand-in, in this process, and however fast it is called."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, "127.0.0.1")
        self._api.spacing = Spacing(0)
        self._api.updates, self._api.readings = Bucket(10**9), Bucket(10**9)

    def fails(self, method: str, fault: dict[str, Any], count: int) -> None:
        self._failures.append(
            Failure.told({"method": method, "count": count, **fault}, 0)
        )

    def obeys(self) -> None:
        self._failures.clear()


class Place:
    """Slack and Redis, the same for all examples; each has its own keys."""

    def __init__(self, redis_url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.redis_url = redis_url
        self.workspace = Workspace()
        self.slack = Unlimited(self.workspace)
        self.url = self.run(self._serve())

    def run(self, doing: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(doing)

    async def _serve(self) -> str:
        self.redis = Redis.from_url(self.redis_url)
        self._runner = web.AppRunner(self.slack.app())
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{port}/api/"

    async def _leave(self) -> None:
        await self._runner.cleanup()
        await self.redis.aclose()

    def close(self) -> None:
        self.run(self._leave())
        self.loop.close()


class Process:
    """A deliverer as the alerts process has it."""

    def __init__(self, place: Place, ledger: Ledger) -> None:
        self._place, self._ledger = place, ledger
        self._task = place.loop.create_task(self._run())

    async def _run(self) -> None:
        async with (
            Slack(TOKEN, self._place.url, 5) as slack,
            Sinks(SlackSink(slack), shown=lambda _: Shown(), now=wall_ms) as sinks,
        ):
            metrics = Metrics(CONFIG.receivers)
            lists = Lists(self._place.redis, self._ledger)
            self.deliverer = Deliverer(
                ledger=self._ledger,
                lists=lists,
                gathering=Gathering(lists, self._ledger, RULES, metrics.suppressed),
                delivery=Delivery(
                    ledger=self._ledger,
                    sinks=sinks,
                    config=CONFIG,
                    metrics=metrics,
                    write=message_of,
                    write_list=list_message,
                    lists=lists,
                    owner=uuid4().hex,
                    lease_ms=200,
                    certain_ms=0,
                ),
                metrics=metrics,
                stale_after=10**15,
                pace=UNLIMITED,
                poll_seconds=0.01,
            )
            await self.deliverer.run()

    async def stop(self) -> None:
        await asyncio.sleep(0)
        if hasattr(self, "deliverer"):
            self.deliverer.stop()
            await self._task
        else:
            await self.die()

    async def die(self) -> None:
        while not self._task.done():  # Redis's client may lose a cancel
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.01)
        with contextlib.suppress(asyncio.CancelledError):
            self._task.result()

    def must_live(self) -> None:
        if self._task.done():
            self._task.result()


class Reconciler(RuleBasedStateMachine):
    place: Place

    @initialize()
    def begin(self) -> None:
        self.place.workspace.reset()
        self.place.slack.obeys()
        self.ledger = Ledger(self.place.redis, f"t{uuid4().hex}.")
        self.processes: dict[int, Process] = {}
        self.topic: list[Fact] = []
        self.read = 0
        self.in_doubt = False
        self.minute = 30
        self.now = wall_ms()
        self.pressed: dict[str, Press] = {}
        self.noted: dict[str, list[Press]] = {}

    @rule(cycle=st.sampled_from(CYCLES), what=st.sampled_from(NEWS))
    def news(self, cycle: Cycle, what: str) -> None:
        """The rules conclude something; it is in the topic, and nobody has read it."""
        self.minute += 1
        made = getattr(cycle, what)
        is_dated = what not in {"breached", "retracted"}
        self.topic.append(made(self.minute) if is_dated else made())

    @rule(back=st.integers(0, 3), ms=st.integers(0, 5))
    def reads(self, back: int, ms: int) -> None:
        """The next batch, with some of what was read already."""
        self.place.run(self._take(max(self.read - back, 0)))
        self._wait(ms)

    @rule(which=st.integers(0, 1))
    def starts(self, which: int) -> None:
        if which not in self.processes:
            self.processes[which] = Process(self.place, self.ledger)

    @precondition(lambda self: self.processes)
    @rule(ms=st.integers(0, 15))
    def works(self, ms: int) -> None:
        self._wait(ms)

    @precondition(lambda self: self.processes)
    @rule(which=st.integers(0, 1), kills=st.booleans())
    def ends(self, which: int, kills: bool) -> None:  # noqa: FBT001  drawn
        process = self.processes.pop(which, None)
        if process is not None:
            self.place.run(process.die() if kills else process.stop())

    @rule(
        cycle=st.sampled_from(CYCLES),
        kind=st.sampled_from(PRESSES),
        which=st.integers(0, 2),
        minutes=st.integers(0, 2),
    )
    def presses(self, cycle: Cycle, kind: PressKind, which: int, minutes: int) -> None:
        """Somebody presses, or Slack says again that they did: the same id."""
        name = f"{kind}{which}"
        at = self.now - MINUTE * minutes
        press = self.pressed.setdefault(
            name, Press(press_id=name, kind=kind, by="U0ANA", at=at, until=LONG_AFTER)
        )
        key = alert_key(cycle.breached())
        [noted] = self.place.run(self.ledger.presses.note([key], press, self.now))
        if noted is not Noted.UNKNOWN:
            self.noted.setdefault(key, []).append(press)

    @rule(
        method=st.sampled_from(METHODS),
        fault=st.sampled_from(FAULTS),
        count=st.integers(1, 2),
    )
    def slack_fails(self, method: str, fault: dict[str, Any], count: int) -> None:
        if "error" in fault and method in {"conversations.history", "*"}:
            self.in_doubt = True  # nobody can look: it is sent again (semantics 4.6)
        self.place.slack.fails(method, fault, count)

    @precondition(lambda self: self.read)
    @rule()
    def redis_forgets(self) -> None:
        """And the topic is read again from its beginning (ADR 11)."""
        self.in_doubt, self.noted = True, {}  # presses are in no topic
        self.place.run(self._lose())

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            self.place.slack.obeys()
            if not self.processes:
                self.starts(0)
            self.place.run(self._settle())
            self._judge()
        finally:
            for process in self.processes.values():
                self.place.run(process.die())
            self.place.run(self._lose_keys())

    async def _take(self, begin: int) -> None:
        facts = [(f, n) for n, f in enumerate(self.topic) if n >= begin]
        told = [each for each in facts if concerns_alerts(each[0])]
        span = Span(partition=0, begin=begin, end=len(self.topic), taken=self.read)
        keys = await self.ledger.want(told, span)
        self.read = len(self.topic)
        for process in self.processes.values():
            if hasattr(process, "deliverer"):
                process.deliverer.wake(keys)

    async def _lose(self) -> None:
        await self._lose_keys()
        await self._take(0)

    async def _lose_keys(self) -> None:
        root = self.ledger.root
        async for name in self.place.redis.scan_iter(f"{root}*", count=1000):
            await self.place.redis.delete(name)

    def _wait(self, ms: int) -> None:
        self.place.run(asyncio.sleep(ms / 1000))
        for process in self.processes.values():
            process.must_live()

    async def _settle(self) -> None:
        await self._take(self.read)
        async with asyncio.timeout(SETTLED_SECONDS):
            while (await self.ledger.backlog()).count:
                await asyncio.sleep(0.005)
                for process in self.processes.values():
                    process.must_live()

    def _judge(self) -> None:
        said: Counter[str] = Counter()
        wanted = self._wanted()
        messages = self.place.workspace.messages.values()
        for message in (each for channel in messages for each in channel.values()):
            key, notice = parts_of(message.metadata["event_payload"]["key"])
            alert = wanted[key]
            if message.thread_ts is not None or notice is not None:
                assert EMOJI[alert.state] in message.text, "a notice is false"
                continue
            taken = handling_of(self.noted.get(key, [])).taken is not None
            assert taken is ("Taken by" in str(message.blocks)), "a press is not shown"
            lines = list(_said(message.blocks))
            true = {title_of(each) for each in wanted.values()}
            true |= {line_of(each) for each in wanted.values()}
            assert set(lines) <= true, "a message is false"
            said.update(lines)
        for alert in wanted.values():
            times = said[title_of(alert)] + said[line_of(alert)]
            if alert.state is AlertState.BREACHED:
                assert times, "a breach is told nowhere"
            alike = sum(_alike(each, alert) for each in wanted.values())
            assert times <= alike or self.in_doubt, "an alert is told twice"

    def _wanted(self) -> dict[str, Alert]:
        told: dict[str, list[Told]] = {}
        for offset, fact in enumerate(self.topic):
            if concerns_alerts(fact):
                told.setdefault(alert_key(fact), []).append(Told.of(fact, offset))
        folded = {key: fold(each) for key, each in told.items()}
        return {key: alert for key, alert in folded.items() if alert is not None}


def _alike(one: Alert, other: Alert) -> bool:
    """Whether a message cannot tell them apart: a line does not name its queue."""
    return title_of(one) == title_of(other) or line_of(one) == line_of(other)


def _said(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """The title, and the lines of other promises."""
    header, _, *others = blocks
    yield header["text"]["text"]
    for block in others:
        if block["type"] == "section":
            yield from block["text"]["text"].split("\n")


def test_at_the_end_slack_shows_what_the_facts_fold_to(redis_url: str) -> None:
    """Nothing twice, nothing false, nothing open for ever (semantics 4.1, 4.6)."""
    Reconciler.place = Place(redis_url)
    try:
        run_state_machine_as_test(
            Reconciler,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Reconciler.place.close()
