"""Workers that join and leave: no loss, no repeat, no foreign keys, no early tick."""

import asyncio
import itertools
import signal
from typing import Any

import pytest

pytestmark = pytest.mark.broker


def _restored_half(told: list[dict[str, Any]]) -> bool:
    return any(entry["did"] == "restored" and len(entry["keys"]) == 2 for entry in told)


async def test_join_and_leave(engine):
    """A second worker that joins and leaves under load costs not one repeat."""
    await engine.create()
    first = await engine.start(pause=0.02)
    await first.until(lambda _: bool(first.did("restored")))

    left = asyncio.Event()

    async def load() -> None:
        while not left.is_set():
            await engine.send(400)
            await asyncio.sleep(0.1)

    loading = asyncio.create_task(load())
    second = await engine.start(pause=0.02)
    both = asyncio.create_task(first.until(lambda _: len(first.did("restored")) > 1))
    await second.until(lambda _: second.handled() > 500)
    await both
    assert await second.end(signal.SIGTERM) == 0
    await first.until(lambda _: len(first.did("restored")) > 2)
    left.set()
    await loading
    await engine.caught_up(first)
    assert await engine.stored() == engine.sent
    assert first.handled() + second.handled() == sum(engine.sent.values())
    assert all(entry["foreign"] == [] for entry in first.did("restored"))
    assert len(first.did("restored")[1]["keys"]) == 2
    for entry, following in itertools.pairwise(first.told):
        if entry["did"] == "lost":
            assert entry["owned"] == []
            assert following["did"] == "restoring"


async def test_killed_neighbour(engine):
    """The partitions of a killed worker come over, state and backlog with them."""
    await engine.create()
    first = await engine.start(pause=0.1)
    second = await engine.start(pause=0.1)
    await first.until(_restored_half)
    await second.until(_restored_half)
    await engine.send(24_000)
    await second.until(lambda _: second.handled() > 0)
    await second.end(signal.SIGKILL)
    await engine.caught_up(first)
    assert await engine.stored() == engine.sent


async def test_batches_and_ticks_wait_for_the_restore(engine):
    """Nothing is fetched, delivered or ticked before the restore has ended."""
    await engine.create()
    await engine.send(4_000)
    first = await engine.start()
    await engine.caught_up(first)
    assert await first.end(signal.SIGTERM) == 0
    await engine.send(24_000)
    second = await engine.start(restore_pause=1.5, tick=0.05)
    await engine.caught_up(second)
    assert [entry["did"] for entry in second.told[:2]] == ["restoring", "restored"]
    assert second.handled() == 24_000
    assert await engine.stored() == engine.sent
