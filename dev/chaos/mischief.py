"""Mischief: the faults of a schedule, each done when it is due."""

import asyncio
import subprocess
import time
from contextlib import suppress

from dev.chaos.clocks import Clocks
from dev.chaos.losses import Loss, lose_all, lose_the_last
from dev.chaos.schedule import WORKERS, Action, Fault
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import System
from dev.wire import Wire

_UP_WITHIN_S = 10.0


class Mischief:
    """Done to a stack and its processes; `wanted` are those that are to run."""

    def __init__(
        self,
        stack: Stack,
        system: System,
        wanted: set[str],
        *,
        wire: Wire | None,
        clocks: Clocks,
    ) -> None:
        self._stack = stack
        self._system = system
        self._wanted = wanted
        self._wire = wire
        self._clocks = clocks
        self._slack = SlackStandIn(stack.slack_page_url)
        self._is_cut = False
        self._frozen: set[str] = set()
        self._wrong: set[str] = set()
        self._restarting = asyncio.Lock()
        self.losses: list[Loss] = []
        """What Redis has forgotten by now."""

    async def do_all(self, actions: tuple[Action, ...], began: float) -> None:
        """Each at its time after `began`; long ones overlap."""
        async with asyncio.TaskGroup() as group:
            for action in actions:
                await asyncio.sleep(max(0.0, began + action.at - time.monotonic()))
                group.create_task(self._do(action))

    async def _do(self, action: Action) -> None:
        match action.fault:
            case Fault.SLACK:
                self._slack.fail("*", http_status=503, seconds=action.seconds)
            case Fault.BROKER | Fault.REDIS | Fault.FORGET | Fault.WIPE:
                async with self._restarting:  # who is being started cannot be killed
                    await self._do_to_service(action)
            case Fault.FREEZE | Fault.CUT | Fault.CLOCK:
                await self._do_for_a_while(action)
            case _:
                await self._do_to_process(action)

    async def _do_to_service(self, action: Action) -> None:
        match action.fault:
            case Fault.FORGET:
                self.losses.append(await lose_the_last(self._stack, action.seconds))
            case Fault.WIPE:
                self.losses.append(await lose_all(self._stack))
            case Fault.BROKER:
                self._stack.kill(action.who)
                await asyncio.sleep(action.seconds)
                await asyncio.to_thread(self._stack.restart, action.who)
            case _:
                await asyncio.to_thread(self._stack.restart, action.who)

    async def _do_for_a_while(self, action: Action) -> None:
        match action.fault:
            case Fault.FREEZE:
                await self._freeze(action.who, action.seconds)
            case Fault.CUT:
                await self._cut(action.seconds)
            case _:
                await self._set_clock(action.who, action.by, action.seconds)

    async def _do_to_process(self, action: Action) -> None:
        who = action.who
        match action.fault:
            case Fault.KILL:
                self._system.kill(who)
            case Fault.TERMINATE:
                await self._terminate(who)
            case Fault.JOIN:
                self._wanted.add(who)
            case Fault.LEAVE:
                self._wanted.discard(who)
                await self._terminate(who)
            case _:  # a rolling restart
                for name in sorted(self._wanted & set(WORKERS)):
                    await self._terminate(name)

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

    async def _set_clock(self, who: str, by: float, seconds: float) -> None:
        """Whoever starts believes its clock: only one that is up knows of a jump."""
        latest = time.monotonic() + _UP_WITHIN_S
        while not await asyncio.to_thread(self._system.is_up, who):
            if time.monotonic() > latest:
                return
            await asyncio.sleep(0.2)
        if who in self._wrong:
            return
        self._wrong.add(who)
        self._clocks.step(who, by)
        await asyncio.sleep(seconds)
        self._wrong.discard(who)
        self._clocks.set_right(who)
