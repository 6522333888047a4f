"""Leases: one process at a time works on a key."""

from redis.asyncio import Redis

from alerts import scripts


class Leases:
    """All methods raise `redis.RedisError` and may then be repeated.

    Under `root` in Redis; scripts of the ledger look at a lease by its `name`.
    """

    def __init__(self, redis: Redis, root: str) -> None:
        self._redis = redis
        self._root = root
        self._extend = redis.register_script(scripts.EXTEND)
        self._release = redis.register_script(scripts.RELEASE)

    def name(self, key: str) -> str:
        """Where the lease of `key` is."""
        return f"{self._root}:lease:{key}"

    async def take(self, key: str, owner: str, ms: int) -> bool:
        """Take `key` for `ms`; False while another owner has it."""
        return bool(await self._redis.set(self.name(key), owner, nx=True, px=ms))

    async def extend(self, key: str, owner: str, ms: int) -> bool:
        """Keep `key` for `ms` from now; False when it is no longer ours."""
        return bool(await self._extend(keys=[self.name(key)], args=[owner, ms]))

    async def release(self, key: str, owner: str) -> None:
        await self._release(keys=[self.name(key)], args=[owner])
