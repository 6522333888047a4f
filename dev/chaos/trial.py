"""A trial: a stack, a feed of events, faults by a schedule, and what came of it."""

import asyncio
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition

from dev.chaos.arrivals import Arrivals
from dev.chaos.exits import Exit, unexplained
from dev.chaos.feed import PARTITIONS, create, feed
from dev.chaos.oracle import Outcome, faults
from dev.chaos.schedule import WIRED, WORKERS, Action, Fault, Schedule
from dev.demo.seen import read_topic
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import CONFIG, REPLYCLOCK, System
from dev.wire import Wire
from stream.config import load_config
from stream.simulator.play import write_play
from stream.worker.table import Stored, decode_state

_RATE = 300
_HEAD_START_MS = 3000
_SETTLE_S = 90.0
_SUPERVISE_S = 0.2
_CHANNELS = ("C0SALES", "C0OPS")
_EVENTS, _FACTS = "conversations.events", "sla.facts"
_CHANGELOG = "replyclock-worker-conversations-changelog"
_GROUPS = {"replyclock-worker": _EVENTS, "replyclock-alerts": _FACTS}


class Trial:
    """One run of a schedule; `program` is what the workers run."""

    def __init__(
        self,
        schedule: Schedule,
        stack: Stack,
        program: tuple[str, ...],
        wire: Wire | None,
    ) -> None:
        self._schedule = schedule
        self._stack = stack
        self._system = System(stack, wires={WIRED: wire} if wire else {})
        self._system.environment["REPLYCLOCK_REPLICATION"] = str(schedule.brokers)
        self._program = program
        self._wire = wire
        self._is_cut = False
        self._slack = SlackStandIn(stack.slack_page_url)
        self._rules = load_config(CONFIG).rules()
        self._wanted = {*schedule.workers, "alerts"}
        self._frozen: set[str] = set()
        self._restarting = asyncio.Lock()
        self._began = time.monotonic()
        self._ended: set[str] = set()
        self._exits: list[Exit] = []

    async def run(self) -> list[str]:
        """Play it to the end; every broken promise, a line each."""
        await create(self._stack.broker, _EVENTS, PARTITIONS, self._schedule.brokers)
        for name in sorted(self._wanted):
            self._start(name)
        await asyncio.to_thread(self._system.wait_ready, *sorted(self._wanted))
        play = write_play(
            self._rules,
            seed=self._schedule.seed,
            start=time.time_ns() // 1_000_000 - _HEAD_START_MS,
            seconds=self._schedule.length,
            rate=_RATE,
        )
        self._began = time.monotonic()
        supervising = asyncio.create_task(self._supervise())
        try:
            async with Arrivals(self._stack.broker, _EVENTS) as arrivals:
                async with asyncio.TaskGroup() as group:
                    group.create_task(
                        feed(self._stack.broker, _EVENTS, play.deliveries)
                    )
                    group.create_task(self._act(self._began))
                found = await self._settled(arrivals)
            return found + unexplained(self._schedule, self._exits)
        finally:
            supervising.cancel()

    async def _act(self, began: float) -> None:
        """Do what the schedule says when it says so; long ones overlap."""
        async with asyncio.TaskGroup() as group:
            for action in self._schedule.actions:
                await asyncio.sleep(max(0.0, began + action.at - time.monotonic()))
                group.create_task(self._do(action))

    async def _do(self, action: Action) -> None:
        who = action.who
        match action.fault:
            case Fault.BROKER | Fault.REDIS | Fault.SLACK:
                await self._do_to_service(action)
            case Fault.KILL:
                self._system.kill(who)
            case Fault.TERMINATE:
                await self._terminate(who)
            case Fault.FREEZE:
                await self._freeze(who, action.seconds)
            case Fault.CUT:
                await self._cut(action.seconds)
            case Fault.JOIN:
                self._wanted.add(who)
            case Fault.LEAVE:
                self._wanted.discard(who)
                await self._terminate(who)
            case Fault.ROLLING:
                for name in sorted(self._wanted & set(WORKERS)):
                    await self._terminate(name)

    async def _do_to_service(self, action: Action) -> None:
        if action.fault is Fault.SLACK:
            self._slack.fail("*", http_status=503, seconds=action.seconds)
            return
        async with self._restarting:  # who is being started cannot be killed
            if action.fault is Fault.BROKER:
                self._stack.kill(action.who)
                await asyncio.sleep(action.seconds)
            await asyncio.to_thread(self._stack.restart, action.who)

    async def _terminate(self, who: str) -> None:
        if who not in self._frozen and self._system.is_running(who):
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._system.terminate, who)

    async def _freeze(self, who: str, seconds: float) -> None:
        if who in self._frozen or not self._system.is_running(who):
            return
        self._frozen.add(who)
        self._system.freeze(who)
        await asyncio.sleep(seconds)
        self._frozen.discard(who)
        self._system.thaw(who)

    async def _cut(self, seconds: float) -> None:
        if self._is_cut or self._wire is None:
            return
        self._is_cut = True
        self._wire.cut()
        await asyncio.sleep(seconds)
        self._is_cut = False
        self._wire.mend()

    async def _supervise(self) -> None:
        """Start again whoever has ended, as a supervisor would; remember how."""
        while True:
            for name in self._system.names:
                self._look_after(name)
            for name in sorted(self._wanted.difference(self._system.names)):
                self._start(name)
            await asyncio.sleep(_SUPERVISE_S)

    def _look_after(self, name: str) -> None:
        status = self._system.status(name)
        if status is None:
            return
        if name not in self._ended:
            self._ended.add(name)
            self._exits.append(Exit(time.monotonic() - self._began, name, status))
        if name in self._wanted:
            self._start(name)

    def _start(self, name: str) -> None:
        self._ended.discard(name)
        self._system.program = self._program if name in WORKERS else REPLYCLOCK
        self._system.start(name)

    async def _settled(self, arrivals: Arrivals) -> list[str]:
        """The faults that stay when all had time to become right."""
        deadline = time.monotonic() + _SETTLE_S
        while True:
            await asyncio.sleep(2)
            late = time.monotonic() > deadline
            if not late and await _lag(self._stack.broker):
                continue  # no need to ask the oracle, which is dear
            found = faults(self._rules, await self._outcome(arrivals))
            if not found or late:
                return found

    async def _outcome(self, arrivals: Arrivals) -> Outcome:
        broker = self._stack.broker
        messages = [
            message
            for channel in _CHANNELS
            for message in await asyncio.to_thread(self._slack.messages, channel)
        ]
        return Outcome(
            events=await arrivals.all(),
            facts=await read_topic(broker, _FACTS),
            states=await _states(broker),
            messages=messages,
            lag=await _lag(broker),
            logs={name: self._system.logs(name) for name in self._system.names},
        )


async def run_trial(
    schedule: Schedule,
    folder: Path,
    *,
    program: tuple[str, ...] = REPLYCLOCK,
    on_progress: Callable[[str], None] = lambda _line: None,
) -> list[str]:
    """Every broken promise of one trial; the logs stay in `folder`.

    Raises `StackError` when a cut is planned and we are not root.
    """
    kafka = "kafka" if schedule.brokers == 1 else "kafka-cluster"
    with ExitStack() as parts:
        wire = parts.enter_context(Wire.lay()) if schedule.has_cuts else None
        stack = Stack.start(
            folder,
            services=(kafka, "redis", "slack"),
            wire=wire.here if wire else "",
            on_progress=on_progress,
        )
        parts.enter_context(stack)
        return await Trial(schedule, stack, program, wire).run()


async def _states(broker: str) -> dict[str, Stored]:
    """The last state of each conversation in the changelog."""
    consumer = AIOKafkaConsumer(
        _CHANGELOG, bootstrap_servers=broker, auto_offset_reset="earliest"
    )
    await consumer.start()
    states: dict[str, Stored] = {}
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    key = record.key.decode()
                    if record.value is None:
                        states.pop(key, None)
                    else:
                        states[key] = decode_state(record.value)
    finally:
        await consumer.stop()
    return states


async def _lag(broker: str) -> int:
    """Records of both topics that their group has not committed."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    consumer = AIOKafkaConsumer(bootstrap_servers=broker)
    await admin.start()
    await consumer.start()
    try:
        lag = 0
        for group, topic in _GROUPS.items():
            committed = await admin.list_consumer_group_offsets(group)
            partitions = consumer.partitions_for_topic(topic) or set()
            tps = [TopicPartition(topic, number) for number in partitions]
            ends = await consumer.end_offsets(tps)
            for tp, end in ends.items():
                known = committed.get(tp)
                lag += end - max(0, known.offset if known else 0)
        return lag
    finally:
        await consumer.stop()
        await admin.close()
