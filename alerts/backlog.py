"""How much waits for delivery."""

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis


@dataclass(frozen=True, slots=True)
class Backlog:
    """Keys that wait for delivery, and since when the oldest does (milliseconds)."""

    count: int
    since: int | None


async def backlog_of(redis: Redis, differing: str) -> Backlog:
    """Of the sorted set `differing`; raises `redis.RedisError`."""
    oldest: list[Any] = await redis.zrange(differing, 0, 0, withscores=True)
    count = await redis.zcard(differing)
    return Backlog(count, int(oldest[0][1]) if oldest else None)
