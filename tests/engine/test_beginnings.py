"""A handler whose memory is not in Kafka says itself where to begin."""

import signal

import pytest

from tests.engine.conftest import PARTITIONS

pytestmark = pytest.mark.broker

_EACH = 100


async def test_named_offsets_come_before_the_commit(engine):
    """At the start, and again whenever it asks for a new hand-over."""
    await engine.create()
    await engine.send(_EACH * PARTITIONS)
    first = await engine.start(tableless=1)
    await engine.caught_up(first)
    assert await first.end(signal.SIGTERM) == 0

    second = await engine.start(tableless=1, begin=40)
    await engine.caught_up(second)
    assert second.handled() == (_EACH - 40) * PARTITIONS
    [asked] = second.did("begin")
    assert set(asked["committed"].values()) == {_EACH}

    await engine.send(PARTITIONS, value=b"again")
    await second.until(lambda _: len(second.did("restored")) > 1)
    told = second.did("restored")[-1]
    assert set(told["applied"].values()) == {40}
    before = second.handled()
    await second.until(
        lambda _: second.handled() == before + (_EACH + 1 - 40) * PARTITIONS
    )
    assert await second.end(signal.SIGTERM) == 0


async def test_what_is_earlier_than_the_topic_is_its_beginning(engine):
    """Retention took what Redis, say, never saw."""
    await engine.create()
    await engine.send(_EACH * PARTITIONS)
    await engine.delete_before(60)
    worker = await engine.start(tableless=1, begin=0)
    await engine.caught_up(worker)

    [told] = worker.did("restored")
    assert set(told["applied"].values()) == {60}
    assert worker.handled() == (_EACH - 60) * PARTITIONS
    assert await worker.end(signal.SIGTERM) == 0
