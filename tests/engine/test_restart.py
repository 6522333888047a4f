"""A worker stopped or killed in the middle of a backlog loses nothing."""

import asyncio
import signal
from time import monotonic

import pytest

from stream.engine.admin import open_admin

pytestmark = pytest.mark.broker

_EVENTS = 24_000


async def test_sigterm_in_a_backlog(engine):
    """A stopped worker commits what it did; its successor goes on right there."""
    await engine.create()
    await engine.send(_EVENTS)
    first = await engine.start(pause=0.05)
    await first.until(lambda _: first.handled() > _EVENTS / 4)
    asked = monotonic()
    assert await first.end(signal.SIGTERM) == 0
    assert monotonic() - asked < 10
    assert first.handled() < _EVENTS, "the stop came too late to prove anything"
    second = await engine.start()
    await engine.caught_up(second)
    assert first.handled() + second.handled() == _EVENTS
    assert await engine.stored() == engine.sent


async def test_kill_in_a_backlog(engine):
    """After a kill what was not committed comes again, and nothing is lost."""
    await engine.create()
    await engine.send(_EVENTS)
    first = await engine.start(pause=0.05)
    await first.until(lambda _: first.handled() > _EVENTS / 3)
    await first.end(signal.SIGKILL)
    assert first.handled() < _EVENTS, "the kill came too late to prove anything"
    second = await engine.start()
    await engine.caught_up(second)
    assert first.handled() + second.handled() >= _EVENTS
    assert await engine.stored() == engine.sent


async def test_kill_before_the_first_commit(engine):
    """A group that never committed starts again at the beginning of the topic."""
    await engine.create()
    await engine.send(_EVENTS)
    first = await engine.start()
    await first.until(lambda _: first.handled() > 0)
    await first.end(signal.SIGKILL)
    second = await engine.start()
    await engine.caught_up(second)
    assert await engine.stored() == engine.sent


async def test_restored_state_is_complete(engine):
    """A restarted worker has every key before its first batch, and no other."""
    await engine.create()
    await engine.send(_EVENTS, keys=700)
    first = await engine.start()
    await engine.caught_up(first)
    assert await first.end(signal.SIGTERM) == 0
    second = await engine.start()
    await engine.caught_up(second)
    (restored,) = second.did("restored")
    assert restored["keys"] == dict.fromkeys("0123", 700)
    assert restored["foreign"] == []
    assert restored["done"] == restored["total"] > 0
    assert second.handled() == 0


async def test_sigterm_while_restoring(engine):
    """A worker that is still restoring stops at once, and has done nothing."""
    await engine.create()
    await engine.send(4_000)
    worker = await engine.start(restore_pause=60)
    await worker.until(lambda _: bool(worker.did("restoring")))
    asked = monotonic()
    assert await worker.end(signal.SIGTERM) == 0
    assert monotonic() - asked < 5
    assert [entry["did"] for entry in worker.told] == ["restoring"]


async def test_sigterm_while_the_group_waits_for_one_that_died(engine):
    """Kafka answers its join when that one's session is over; it has nothing to finish.

    Seen in `make chaos` (seed 36): joined after a kill, asked to leave a second later.
    """
    await engine.create()
    await engine.send(100)
    first = await engine.start(session_timeout=20)
    await first.until(lambda _: first.handled() > 0)
    await first.end(signal.SIGKILL)
    second = await engine.start(session_timeout=20)
    async with open_admin(engine.broker) as admin:
        group = engine.prefix + "app"
        coordinator = await admin.find_coordinator(group)
        while True:
            (answer,) = await admin.describe_consumer_groups([group], coordinator)
            if len(answer.groups[0][5]) == 2:
                break  # the dead one, and who wants to join
            await asyncio.sleep(0.1)

    assert await second.end(signal.SIGTERM) == 0
    assert "worker did not stop in time" in second.log.read_text()
