"""A live worker and `replay` agree over a crash, closing hours and a reload (issue 5).

The worker is a real one on real Kafka; its rules promise seconds. What it told and
remembers is compared with what replay makes of the same records.
"""

import asyncio
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from aiokafka import AIOKafkaProducer
from msgspec.structs import replace

from dev.chaos.feed import PARTITIONS, create
from dev.stack import Stack
from dev.system import System
from stream.config import load_config
from stream.records import decode_fact, encode_event
from stream.sla.conversation import due_at
from stream.sla.facts import Fact, FactKind, Measure
from stream.sla.instants import SECOND, from_ms
from stream.sla.policy import Rules
from stream.sla.state import Conversation
from tests.agreement.comparison import (
    Outage,
    Reload,
    Rerun,
    disagreements,
    read_records,
    state_disagreements,
    states_in,
)
from tests.agreement.crowd import Arrival, gather
from tests.agreement.short_rules import short_rules

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(
        "REPLYCLOCK_LONG_TESTS" not in os.environ,
        reason="two minutes of real time; run it with REPLYCLOCK_LONG_TESTS=1",
    ),
]

EVENTS, FACTS = "conversations.events", "sla.facts"
CHANGELOG = "replyclock-worker-conversations-changelog"

SECONDS = 70
KILLED_AT, RELOADED_AT = 16, 46
PAUSE = 3
"""Seconds without news at both sides of a reload: what came before is behind it."""
DRAIN = 25
"""Seconds after the last event, for deadlines and escalations."""


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


class Run:
    """A worker on short rules, a crowd that writes to it, a crash and a reload."""

    reload: Reload
    _outage: tuple[int, int]

    def __init__(self, stack: Stack, path: Path, reload: str) -> None:
        self._broker = stack.broker
        self._path = path
        self._mode = reload
        self._written_at = wall_clock()
        path.write_text(short_rules(self._written_at), "utf-8")
        self.rules = load_config(path).rules()
        self._system = System(stack, config=path)
        self._system.environment["REPLYCLOCK_RELOAD_EVERY"] = "3600"

    async def play(self, seed: int) -> None:
        """All of it in real time; returns when time has passed over the last of it."""
        await create(self._broker, EVENTS, PARTITIONS, 1)
        await asyncio.to_thread(self._start)
        began = wall_clock()
        crowd = gather(seed, start=began, seconds=SECONDS, count=400)
        reload_at = began + RELOADED_AT * SECOND
        quiet = reload_at - PAUSE * SECOND
        async with asyncio.TaskGroup() as group:
            group.create_task(self._feed(a for a in crowd if a.at < quiet))
            await _sleep_until(began + KILLED_AT * SECOND)
            await asyncio.to_thread(self._crash)
        await _sleep_until(reload_at)
        await asyncio.to_thread(self._reload)
        await asyncio.sleep(PAUSE)
        await self._feed(a for a in crowd if a.at >= quiet)
        await asyncio.sleep(DRAIN)

    def _start(self) -> None:
        self._system.start("worker")
        self._system.wait_ready("worker")

    async def _feed(self, arrivals: Iterable[Arrival]) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._broker, acks="all", enable_idempotence=True
        )
        await producer.start()
        try:
            for arrival in arrivals:
                await _sleep_until(arrival.at)
                event = replace(arrival.event, received_at=from_ms(wall_clock()))
                key = event.conversation_id.encode()
                await producer.send(EVENTS, encode_event(event), key=key)
        finally:
            await producer.stop()

    def _crash(self) -> None:
        killed = wall_clock()
        self._system.kill("worker")
        self._start()
        while self._lag():
            time.sleep(0.1)
        self._outage = (killed, wall_clock())

    def outage_seen_in(self, live: Iterable[Fact]) -> Outage:
        """With the instant when it was heard of again."""
        killed, ended = self._outage
        back = min(fact.noticed_at for fact in live if fact.noticed_at > killed)
        return Outage(killed, back, ended)

    def _lag(self) -> float:
        page = _http(self._system.url("worker") + "/metrics")
        lines = page.splitlines()
        return sum(
            float(line.split()[-1])
            for line in lines
            if line.startswith("replyclock_lag_records{")
        )

    def _reload(self) -> None:
        text = short_rules(self._written_at, later=True, reload=self._mode)
        self._path.write_text(text, "utf-8")
        began = wall_clock()
        said = _http(self._system.url("worker") + "/-/reload", "POST")
        assert said.startswith("reloaded: ")
        self.reload = Reload(load_config(self._path).rules(), began, wall_clock())


async def _sleep_until(at: int) -> None:
    await asyncio.sleep(max(0.0, (at - wall_clock()) / 1000))


def _http(url: str, method: str = "GET") -> str:
    request = Request(url, method=method)  # noqa: S310  ours
    with urlopen(request, timeout=10) as answer:  # noqa: S310  as above
        return answer.read().decode()


@pytest.mark.parametrize(
    ("seed", "reload"), [(1, "new_cycles"), (2, "reevaluate_open")]
)
async def test_a_live_worker_and_replay_agree(seed, reload, tmp_path):
    """The same facts, verdicts and states, whatever the worker went through."""
    versions = reload == "new_cycles"
    with Stack.start(tmp_path / "stack", services=("kafka",)) as stack:
        run = Run(stack, tmp_path / "sla.yaml", reload)
        await run.play(seed)
        until = wall_clock()
        await asyncio.sleep(3)
        events = await read_records(stack.broker, EVENTS)
        told = await read_records(stack.broker, FACTS)
        states = states_in(await read_records(stack.broker, CHANGELOG))

    settled = until - run.rules.allowed_lateness
    live = [decode_fact(record.value) for part in told for record in part]
    live = [fact for fact in live if fact.cause is not None or fact.at <= settled]
    outage = run.outage_seen_in(live)
    reload = run.reload.seen_in(live)
    ordered = sorted((r for part in events for r in part), key=lambda r: r.timestamp)

    assert {fact.kind for fact in live} == set(FactKind)
    assert {fact.measure for fact in live} == {None, *Measure}
    # As replay does it, and behind what came while the worker was down (ADR 4).
    for silence in (None, outage):
        replayed = Rerun(run.rules, reload, silence).over(ordered, until)
        delay = max(SECOND, replayed.slowest(live, outage))
        touched = replayed.touched(reload, outage, delay)
        assert disagreements(live, replayed, touched, versions=versions) == []
    offsets = {r.key.decode(): r.offset for part in events for r in part}
    assert {key: stored.offset for key, stored in states.items()} == offsets
    quiet = _quiet(replayed.states, reload.rules, settled)
    assert len(quiet) > len(states) / 2
    live_states = {key: states[key] for key in quiet}
    differ = state_disagreements(live_states, replayed, touched, versions=versions)
    assert differ == []


def _quiet(
    states: Mapping[str, Conversation], rules: Rules, settled: int
) -> frozenset[str]:
    """Those with nothing due around the end, which the worker had perhaps reached."""
    return frozenset(
        key
        for key, state in states.items()
        if not settled - 2000 <= due_at(state, rules) <= settled + 6000
    )
