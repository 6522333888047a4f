"""Webhooks a second of CPU time, ours beside the bare handler; delays; a retried hour.

Ours is `replyclock intake` as in production: the signature over the raw bytes, parsing,
names of customers, and Kafka's acknowledgment before the 200.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct

from bench.door.bare import READY
from bench.door.load import Order, Outcome, of_play, send
from bench.measure import cpu_seconds
from dev.demo.judgement import verdict_differences
from dev.demo.seen import in_arrival_order, read_topic
from dev.ports import reserve_port
from dev.processes import terminate
from dev.stack import Stack
from dev.system import System
from stream.engine.topics import ensure_topics
from stream.records import decode_fact
from stream.simulator.play import write_play
from stream.sla.policy import Rules

OURS, BARE = "replyclock intake", "bare handler"
_MOST = "as many as it takes"
_PARTITIONS = 4
_WEBHOOKS, _WARM_UP = 20_000, 4_000
_STEADY_S = 20
SHARE = 0.6
"""Of the webhooks that a core takes, in the steady loads."""
IDLE, SLOW = 1000, 200
_HOUR_S = 3600
_RETRIED_A_SECOND = 100_000 / _HOUR_S
_SETTLED_S = 120.0


class Door(Struct, frozen=True, kw_only=True):
    """One load. `cpu_seconds`: of the server; the others as in `Outcome`.

    `failed`: answers that were not 200. `wrong`: clocks that ended otherwise than
    `replay` says; None where nobody kept any.
    """

    what: str
    side: str
    webhooks: int
    cpu_seconds: float
    seconds: float
    median: float
    p99: float
    failed: int
    wrong: int | None = None

    @property
    def a_core(self) -> float:
        """Webhooks a second of CPU time."""
        return self.webhooks / self.cpu_seconds


async def doors(stack: Stack, rules: Rules, pairs: int) -> list[Door]:
    """Each side in turn; ours at a share of that, alone and among idlers; a burst."""
    found: list[Door] = []
    for _ in range(pairs):
        with _intake(stack) as system:
            await _until_ready(system)
            found.append(await _load(_MOST, system))
        with _bare() as (process, port):
            order = Order(port=port, secret=BARE, webhooks=_WEBHOOKS)
            found.append(await _measured(BARE, _MOST, process.pid, order))
    rate = SHARE * sorted(d.a_core for d in found if d.side == OURS)[pairs // 2]
    for what, idle, slow in (("alone", 0, 0), ("among", IDLE, SLOW)):
        title = f"{rate:,.0f} a second, {what}"
        if idle:
            title += f" {idle:,} idle connections and {slow} slow ones"
        with _intake(stack) as system:
            await _until_ready(system)
            found.append(await _load(title, system, rate, idle, slow))
    return [*found, await _retried_hour(stack, rules)]


async def _load(
    what: str, system: System, rate: float = 0, idle: int = 0, slow: int = 0
) -> Door:
    order = Order(
        port=system.ports["intake"],
        secret=system.app_secrets["whatsapp"].decode(),
        webhooks=int(rate * _STEADY_S) or _WEBHOOKS,
        rate=rate,
        idle=idle,
        slow=slow,
    )
    return await _measured(OURS, what, system.pid("intake"), order)


async def _measured(side: str, what: str, pid: int, order: Order) -> Door:
    await _sent(Order(port=order.port, secret=order.secret, webhooks=_WARM_UP))
    cpu = cpu_seconds(pid)
    outcome = await _sent(order)
    return _door(side, what, outcome, cpu_seconds(pid) - cpu)


async def _sent(order: Order) -> Outcome:
    load = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.door.load"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    said, _ = await load.communicate(msgspec.json.encode(order))
    return msgspec.json.decode(said, type=Outcome)


def _door(
    side: str, what: str, outcome: Outcome, cpu: float, wrong: int | None = None
) -> Door:
    webhooks = sum(outcome.answers.values())
    return Door(
        side=side,
        what=what,
        webhooks=webhooks,
        cpu_seconds=cpu,
        seconds=outcome.seconds,
        median=outcome.median,
        p99=outcome.p99,
        failed=webhooks - outcome.answers.get(200, 0),
        wrong=wrong,
    )


async def _retried_hour(stack: Stack, rules: Rules) -> Door:
    """All webhooks of an hour at once, as Meta sends those that nobody answered.

    The play ended a minute ago; every clock must end as a replay of the events says.
    """
    start = int(time.time() * 1000) - (_HOUR_S + 60) * 1000
    play = write_play(
        rules, seed=1, start=start, seconds=_HOUR_S, rate=round(_RETRIED_A_SECOND)
    )
    with _intake(stack, "worker") as system:
        await _until_ready(system)
        requests = of_play(play.deliveries, system.app_secrets)
        cpu = cpu_seconds(system.pid("intake"))
        outcome = await send(system.ports["intake"], requests, connections=64)
        cpu = cpu_seconds(system.pid("intake")) - cpu
        prefix = system.environment["REPLYCLOCK_TOPIC_PREFIX"]
        wrong = await _wrong(stack, rules, prefix)
    title = f"the {len(requests):,} webhooks of an hour at once"
    return _door(OURS, title, outcome, cpu, wrong)


async def _wrong(stack: Stack, rules: Rules, prefix: str) -> int:
    """Clocks that end otherwise in a replay, once the worker has had its time."""
    until = time.monotonic() + _SETTLED_S
    while True:
        events = await read_topic(stack.broker, f"{prefix}conversations.events")
        facts = await read_topic(stack.broker, f"{prefix}sla.facts")
        told = [decode_fact(value) for values in facts for value in values]
        if told:
            wrong = verdict_differences(rules, in_arrival_order(events), told)
            if wrong == 0 or time.monotonic() > until:
                return wrong
        await asyncio.sleep(5)


@contextmanager
def _intake(stack: Stack, *others: str) -> Iterator[System]:
    system = System(stack, prefix=f"door-{time.time_ns()}.")
    try:
        system.start("intake", *others)
        yield system
    finally:
        for name in system.names:
            system.kill(name)


async def _until_ready(system: System) -> None:
    prefix = system.environment["REPLYCLOCK_TOPIC_PREFIX"]
    names = ("conversations.events", "conversations.aliases")
    topics = {prefix + name: _PARTITIONS for name in names}
    await ensure_topics(system.stack.broker, topics)
    await asyncio.to_thread(system.wait_ready, *system.names)


@contextmanager
def _bare() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = reserve_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.door.bare", str(port)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert READY in process.stdout.readline().decode()
        yield process, port
    finally:
        terminate(process)
