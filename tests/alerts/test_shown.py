"""A Redis that started again, and what messages showed before, on a real one."""

import asyncio
from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from alerts.alert import alert_key
from alerts.delivery import wall_ms
from alerts.ledger import Ledger
from alerts.shown import LATELY
from dev.chaos.losses import forget, remember
from dev.stack import Stack
from tests.alerts.cycles import Cycle

pytestmark = pytest.mark.broker

CYCLE = Cycle()
KEY = alert_key(CYCLE.breached())


@pytest.fixture
def own_redis(start_stack: Callable[..., Stack]) -> Stack:
    """A Redis that a test may kill."""
    return start_stack("redis")


async def show(ledger: Ledger) -> None:
    """Its message says what is so now."""
    now = wall_ms()
    [entry] = await ledger.entries([KEY])
    shown = entry.revision(now)
    await ledger.record(entry, "me", ts="1.0", shown=shown, done=True, now=now)


async def answer(ledger: Ledger) -> None:
    """And its message says so."""
    await ledger.want([(CYCLE.answered(), 8)])
    await show(ledger)


async def test_only_what_was_lost_is_edited(own_redis: Stack) -> None:
    """What Redis still knows is not edited again, nor what is long past."""
    retry = Retry(NoBackoff(), 1)
    async with Redis.from_url(own_redis.redis_url, retry=retry) as redis:
        ledger = Ledger(redis)
        await ledger.want([(CYCLE.breached(), 7)])
        await show(ledger)
        await ledger.shown.look(wall_ms())
        kept = await remember(own_redis)

        await asyncio.to_thread(own_redis.restart, "redis")
        await ledger.shown.look(wall_ms())
        assert await ledger.differing() == []

        await answer(ledger)
        await forget(own_redis, kept)
        await ledger.shown.look(wall_ms())
        assert await ledger.differing() == [KEY]

        await answer(ledger)
        ledger.shown.remember("another", "", wall_ms() + LATELY + 1)
        await forget(own_redis, kept)
        await ledger.shown.look(wall_ms())
        assert await ledger.differing() == []
