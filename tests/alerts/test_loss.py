"""Redis that loses what it had acknowledged: no alert is lost, none comes twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from dev.chaos.losses import forget, remember
from dev.stack import Stack
from stream.engine import ensure_topics
from tests.alerts.patience import eventually
from tests.alerts.world import World, fresh

pytestmark = pytest.mark.broker


async def titles(world: World) -> list[str]:
    return [m["blocks"][0]["text"]["text"] for m in await world.messages()]


async def answered(world: World, count: int) -> None:
    async def so_many() -> bool:
        return sum("answered" in title for title in await titles(world)) >= count

    await eventually(so_many, 30)


async def test_the_last_second_is_lost(
    world: World, own_redis: Stack, minutes_ago: Callable[[float], int]
) -> None:
    """As by a failover: what was taken and posted in it is read, and found, again."""
    first, second, third = (fresh(name, minutes_ago) for name in "abc")
    async with world.running():
        await world.tell(first.breached())
        await world.shows(1)
        kept = await remember(own_redis)
        await world.tell(first.answered(), second.breached())
        await world.shows(2)
        await answered(world, 1)
        await forget(own_redis, kept)
        await world.tell(third.breached())
        await world.shows(3)
        await world.tell(second.answered(), third.answered())
        await answered(world, 3)

    assert len(await world.messages()) == 3


async def test_the_last_second_is_lost_with_the_process(
    world: World, own_redis: Stack, minutes_ago: Callable[[float], int]
) -> None:
    """A power cut: Kafka's commit says taken, and what Redis lost is read again."""
    first, second = fresh("a", minutes_ago), fresh("b", minutes_ago)
    async with world.running():
        await world.tell(first.breached())
        await world.shows(1)
        kept = await remember(own_redis)
        await world.tell(second.breached())
        await world.shows(2)
    await forget(own_redis, kept)

    async with world.running():
        await world.tell(first.answered(), second.answered())
        await answered(world, 2)

    assert len(await world.messages()) == 2


@pytest.mark.parametrize("is_restarted", [True, False])
async def test_everything_is_lost(
    world: World,
    own_redis: Stack,
    minutes_ago: Callable[[float], int],
    is_restarted: bool,  # noqa: FBT001  pytest's
) -> None:
    """All that Kafka has is read again, though nothing comes: who was told, who not."""
    told, untold = fresh("a", minutes_ago), fresh("b", minutes_ago)
    limit = {"error": "ratelimited", "retry_after": 10, "count": 1}
    async with (
        Redis.from_url(own_redis.redis_url) as redis,
        world.running(),
    ):
        await world.tell(told.breached())
        await world.shows(1)
        await asyncio.to_thread(lambda: world.slack.fail("chat.postMessage", **limit))
        await world.tell(untold.breached())

        async def was_tried() -> bool:
            return len(await posts(world)) == 2

        await eventually(was_tried)
        if is_restarted:
            await forget(own_redis, None)
        else:
            await redis.flushall()
        await world.shows(2, 30)
        await world.tell(told.answered(), untold.answered())
        await answered(world, 2)

    assert len(await world.messages()) == 2


async def test_a_press_is_lost(
    world: World, own_redis: Stack, minutes_ago: Callable[[float], int]
) -> None:
    """It is in no topic: the message says no longer that somebody has it."""
    await ensure_topics(world.kafka, {world.prefix + "conversations.events": 2})
    async with world.running(REPLYCLOCK_SLACK_APP_TOKEN=world.slack.app_token):
        await world.tell(fresh("a", minutes_ago).breached())
        await world.shows(1)
        kept = await remember(own_redis)
        [message] = await world.messages()
        [actions] = [b for b in message["blocks"] if b["type"] == "actions"]
        place = "C0SALES", message["ts"], actions["block_id"], "take"
        await asyncio.to_thread(world.slack.press, *place)

        async def is_taken() -> bool:
            [shown] = await world.messages()
            return "Taken by" in str(shown["blocks"])

        async def is_free() -> bool:
            return not await is_taken()

        await eventually(is_taken)
        await forget(own_redis, kept)
        await eventually(is_free)


async def posts(world: World) -> list[dict[str, Any]]:
    return await asyncio.to_thread(world.slack.calls, "chat.postMessage")


async def test_a_primary_that_was_demoted(
    world: World, own_redis: Stack, minutes_ago: Callable[[float], int]
) -> None:
    """It keeps our connection and takes no writes: we leave it, and connect anew."""
    async with Redis.from_url(own_redis.redis_url) as redis, world.running():
        connected = await clients(redis)
        await redis.replicaof("127.0.0.1", "9")  # of nobody who is there
        await world.tell(fresh("a", minutes_ago).breached())

        async def one_was_left() -> bool:
            return not connected <= await clients(redis)

        await eventually(one_was_left)
        await redis.replicaof("NO", "ONE")
        await world.shows(1)


async def clients(redis: Redis) -> set[str]:
    """Ids of the connections that others have."""
    ours = str(await redis.client_id())
    return {each["id"] for each in await redis.client_list()} - {ours}
