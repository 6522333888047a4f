"""Waiting for what a process does in its own time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(
    condition: Callable[[], Awaitable[bool]], seconds: float = 15
) -> None:
    """Wait until `condition` holds; fails when it does not in time."""
    until = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < until, "did not happen in time"
        await asyncio.sleep(0.02)
