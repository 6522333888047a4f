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
    """What Redis was told from `since` on is gone; instants in ms of wall time.

    It was up until `begun` at least, and is again since `ended`.
    """

    since: int
    begun: int
    ended: int

    @property
    def is_of_all(self) -> bool:
        return self.since == 0


async def lose_all(stack: Stack) -> Loss:
    """Redis is killed and starts again with nothing."""
    return await _lose(stack, None, 0)


async def lose_the_last(stack: Stack, seconds: float) -> Loss:
    """Redis is killed and starts again with what it had `seconds` ago."""
    since = _now()
    kept = stack.folder / "redis-kept"
    await asyncio.to_thread(shutil.rmtree, kept, ignore_errors=True)
    await asyncio.to_thread(shutil.copytree, stack.folder / "redis" / _FILES, kept)
    await asyncio.sleep(seconds)
    return await _lose(stack, kept, since)


async def _lose(stack: Stack, kept: Path | None, since: int) -> Loss:
    files, begun = stack.folder / "redis" / _FILES, _now()
    await asyncio.to_thread(stack.kill, "redis")
    await asyncio.to_thread(shutil.rmtree, files)
    if kept is not None:
        await asyncio.to_thread(shutil.copytree, kept, files)
    await asyncio.to_thread(stack.restart, "redis")
    return Loss(since=since, begun=begun, ended=_now())


def _now() -> int:
    return time.time_ns() // 1_000_000
