"""A trial: a stack, a feed of events, faults by a schedule, and what came of it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from dev.chaos.arrivals import Arrivals
from dev.chaos.clocks import Clocks
from dev.chaos.exits import Exit, may_repeat, unexplained
from dev.chaos.feed import EVENTS, PARTITIONS, create, feed
from dev.chaos.mischief import Mischief
from dev.chaos.oracle import faults
from dev.chaos.pressing import Pressing
from dev.chaos.remains import Remains, save
from dev.chaos.rules import write_rules
from dev.chaos.schedule import WIRED, Schedule
from dev.chaos.standing import Acts
from dev.cores import DUMPS, Cores
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import REPLYCLOCK, System
from dev.wire import Wire
from stream.config import load_config
from stream.simulator.play import write_play

_RATE = 300
_HEAD_START_MS = 3000
_SETTLE_S = 180.0
"""A clock that was back and came right is believed after a minute, and so is it that a
post did not happen; and both wait for whoever starts or recovers."""
_SUPERVISE_S = 0.2


class Trial:
    """One run of a schedule; `program` is what the processes run."""

    def __init__(
        self,
        schedule: Schedule,
        stack: Stack,
        program: tuple[str, ...],
        wire: Wire | None,
        settle: float = _SETTLE_S,
    ) -> None:
        """`settle`: seconds for all to become right when the last event is in."""
        self._settle = settle
        self._schedule = schedule
        self._stack = stack
        config = write_rules(stack.folder, is_stormy=schedule.is_stormy)
        wires = {WIRED: wire} if wire else {}
        self._system = System(stack, config=config, wires=wires)
        self._system.environment["REPLYCLOCK_REPLICATION"] = str(schedule.brokers)
        self._program = program
        self._cores = self._system.cores = Cores(stack.folder / "cores")
        self._clocks = Clocks(stack.folder / "clocks")
        self._rules = load_config(config).rules()
        self._wanted = {*schedule.workers, "alerts"}
        self._mischief = Mischief(
            stack, self._system, self._wanted, wire=wire, clocks=self._clocks
        )
        self._pressing = Pressing(SlackStandIn(stack.slack_page_url), schedule.seed)
        self._began = time.monotonic()
        self._ended: set[str] = set()
        self._exits: list[Exit] = []

    async def run(self) -> list[str]:
        """Play it to the end; every broken promise, a line each."""
        await create(self._stack.broker, EVENTS, PARTITIONS, self._schedule.brokers)
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
        actions = self._mischief.do_all(self._schedule.actions, self._began)
        presses = self._pressing.do_all(self._schedule.presses, self._began)
        try:
            async with Arrivals(self._stack.broker, EVENTS) as arrivals:
                async with asyncio.TaskGroup() as group:
                    group.create_task(feed(self._stack.broker, EVENTS, play.deliveries))
                    group.create_task(actions)
                    group.create_task(presses)
                found = await self._settled(Remains(self._stack, arrivals))
            return found + unexplained(self._schedule, self._exits)
        finally:
            supervising.cancel()

    def _wall_ms(self, at: float) -> int:
        """Of so many seconds after the beginning."""
        ago = time.monotonic() - self._began - at
        return round((time.time() - ago) * 1000)

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
            at = time.monotonic() - self._began
            core = self._cores.keep(name) if status in DUMPS else ""
            self._exits.append(Exit(at, name, status, core))
        if name in self._wanted:
            self._start(name)

    def _start(self, name: str) -> None:
        self._ended.discard(name)
        self._system.program = self._clocks.behind(name, self._program)
        self._system.start(name)

    async def _settled(self, remains: Remains) -> list[str]:
        """The faults that stay when all had time to become right."""
        deadline = time.monotonic() + self._settle
        while True:
            await asyncio.sleep(2)
            late = time.monotonic() > deadline
            if not late and (await remains.lag() or await remains.undelivered()):
                continue  # no need to ask the oracle, which is dear
            logs = {name: self._system.logs(name) for name in self._system.names}
            repeat = may_repeat(self._schedule, self._exits)
            acts = Acts(
                presses=self._pressing.done,
                whispers=await remains.whispers(),
                losses=self._mischief.losses,
                ended=[self._wall_ms(e.at) for e in self._exits if e.who == "alerts"],
            )
            outcome = await remains.outcome(logs, acts, may_repeat=repeat)
            found = faults(self._rules, outcome)
            if found and late:
                save(self._stack.folder, outcome)
            if not found or late:
                return found


async def run_trial(
    schedule: Schedule,
    folder: Path,
    *,
    program: tuple[str, ...] = REPLYCLOCK,
    settle: float = _SETTLE_S,
    on_progress: Callable[[str], None] = lambda _line: None,
) -> list[str]:
    """Every broken promise of one trial; logs and core dumps stay in `folder`.

    Where one is broken the events and facts do, too.

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
        return await Trial(schedule, stack, program, wire, settle).run()
