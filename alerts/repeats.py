"""Which notices are to be repeated, and when: those of sinks that forget (ADR 24)."""

from collections.abc import Collection
from typing import Any

from redis.asyncio import Redis

from alerts import scripts
from stream.sla.instants import MINUTE

EVERY = MINUTE


class Repeats:
    """All methods raise `redis.RedisError`. `root` is the ledger's; instants in ms."""

    def __init__(self, redis: Redis, root: str) -> None:
        self._redis = redis
        self.key = f"{root}:repeats"
        self._forget = redis.register_script(scripts.FORGET_REPEATS)

    async def add(self, key: str, now: int) -> None:
        """It is told now, and again in a while."""
        await self._redis.zadd(self.key, {key: now + EVERY})

    async def due(self, now: int) -> list[str]:
        """Those whose time has come; it comes again in a while."""
        keys: list[Any] = await self._redis.zrangebyscore(self.key, "-inf", now)
        if keys:
            again = dict.fromkeys(keys, now + EVERY)
            await self._redis.zadd(self.key, again, xx=True)
        return [key.decode() for key in keys]

    async def forget(self, keys: Collection[str], due_at: int) -> None:
        """Their end was told; but for those that were added since `due_at`."""
        if keys:
            await self._forget(keys=[self.key], args=[due_at + EVERY, *keys])
