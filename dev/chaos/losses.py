"""Losses: a Redis that forgets what it had acknowledged, its last seconds or all."""

import asyncio
import shutil
from pathlib import Path

from dev.stack import Stack

_FILES = "appendonlydir"


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
