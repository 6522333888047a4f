"""A worker whose network is cut: what it had sent into the cut never arrives."""

import asyncio
import signal

import pytest

from tests.engine.conftest import Engine

pytestmark = pytest.mark.broker

LONGER_THAN_THE_SESSION = 14.0
TCP_TRIES_AGAIN = 8.0
"""Within as long again as the cut has lasted; in half of it where all is quick."""


async def test_a_cut_in_the_middle_of_a_batch(start_stack, wire, prefix, tmp_path):
    """Back on the network, nothing of it comes after the new owner's writes.

    The cut begins while it handles a batch, so its writes go into the cut while it
    still holds a lease. The kernel would deliver them when the network is back.
    """
    stack = await asyncio.to_thread(start_stack, "kafka", wire=wire.here)
    engine = Engine(stack.broker, prefix, tmp_path)
    await engine.create()
    lonely = await engine.start(stack.wired_broker, wire, pause=1.0)
    await lonely.until(lambda _: bool(lonely.did("restored")))
    await engine.send(8000, keys=50)
    await lonely.until(lambda _: lonely.handled() > 0)
    wire.cut()
    other = await engine.start()
    await asyncio.sleep(LONGER_THAN_THE_SESSION)
    await engine.send(4000, keys=50)
    await engine.caught_up(other)
    before = len(await engine.read(prefix + "app-counts-changelog"))
    wire.mend()
    await asyncio.sleep(TCP_TRIES_AGAIN)
    assert len(await engine.read(prefix + "app-counts-changelog")) == before
    assert await lonely.end() == 1
    await engine.caught_up(other)
    assert await engine.stored() == engine.sent
    await other.end(signal.SIGTERM)
