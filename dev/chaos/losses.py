"""Losses: a Redis that forgets what it had acknowledged, its last seconds or all."""

import asyncio
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from dev.stack import Stack

_FILES = "appendonlydir"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Instants in ms of wall time.

    Redis has what it was told before `since`, and nothing from `after` on. It was up
    until `begun` at least, and is again since `ended`.
    """

    since: int
    after: int
    begun: int
    ended: int

    @property
    def is_of_all(self) -> bool:
        return self.since == 0


async def lose_all(stack: Stack) -> Loss:
    """Redis is killed and starts again with nothing."""
    begun = _now()
    await forget(stack, None)
    return Loss(since=0, after=0, begun=begun, ended=_now())


async def lose_the_last(stack: Stack, seconds: float) -> Loss:
    """Redis is killed and starts again with what it had `seconds` ago."""
    since = _now()
    kept = await remember(stack)
    after = _now()
    await asyncio.sleep(seconds)
    begun = _now()
    await forget(stack, kept)
    return Loss(since=since, after=after, begun=begun, ended=_now())


async def remember(stack: Stack) -> Path:
    """Keep what Redis has in its file by now; returns where."""
    kept = stack.folder / "redis-kept"
    await asyncio.to_thread(shutil.rmtree, kept, ignore_errors=True)
    await asyncio.to_thread(shutil.copytree, stack.folder / "redis" / _FILES, kept)
    return kept


async def forget(stack: Stack, kept: Path | None) -> None:
    """Kill Redis; it starts again with what was kept: None, with nothing."""
    files = stack.folder / "redis" / _FILES
    await asyncio.to_thread(stack.kill, "redis")
    await asyncio.to_thread(shutil.rmtree, files)
    if kept is not None:
        await asyncio.to_thread(shutil.copytree, kept, files)
    await asyncio.to_thread(stack.restart, "redis")


def _now() -> int:
    return time.time_ns() // 1_000_000
