"""A worker that is stopped and continued: it never writes over another's work."""

import asyncio
import signal

import pytest

pytestmark = pytest.mark.broker

LONGER_THAN_THE_SESSION = 13.0
"""The session timeout is 10 s; Kafka looks at it about once a second."""


async def test_a_freeze_in_the_middle_of_a_batch(engine):
    """Woken when others own its partitions, it writes nothing and ends.

    It is stopped between reading the state and writing it. Without a lease it
    would write its old counts over the new ones.
    """
    await engine.create()
    frozen = await engine.start(pause=1.0)
    await frozen.until(lambda _: bool(frozen.did("restored")))
    await engine.send(8000, keys=50)
    await frozen.until(lambda _: frozen.handled() > 0)
    frozen.process.send_signal(signal.SIGSTOP)
    other = await engine.start()
    await asyncio.sleep(LONGER_THAN_THE_SESSION)
    await engine.send(4000, keys=50)
    await engine.caught_up(other)
    before = len(await engine.read(engine.prefix + "app-counts-changelog"))
    frozen.process.send_signal(signal.SIGCONT)
    assert await frozen.end() == 1
    assert "OwnershipLostError" in frozen.log.read_text()
    await engine.caught_up(other)
    after = await engine.read(engine.prefix + "app-counts-changelog")
    assert len(after) == before
    assert await engine.stored() == engine.sent


async def test_a_short_freeze(engine):
    """Shorter than the session it goes on as if nothing had been."""
    await engine.create()
    worker = await engine.start(pause=0.2)
    await worker.until(lambda _: bool(worker.did("restored")))
    await engine.send(8000, keys=50)
    await worker.until(lambda _: worker.handled() > 0)
    worker.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(7.5)
    worker.process.send_signal(signal.SIGCONT)
    await engine.caught_up(worker)
    assert len(worker.did("restored")) == 1
    assert worker.handled() == engine.sent.total()
    assert await engine.stored() == engine.sent
