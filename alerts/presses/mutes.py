"""Muted queues: by whom, until when and why; and what is not told meanwhile.

One hash, by queue, of the last press that muted it or undid that, and a set a queue of
the notices that wait for the end of it.
"""

from contextlib import suppress
from typing import Any

from redis.asyncio import Redis

from alerts.presses import scripts
from alerts.presses.handling import is_muted
from alerts.presses.press import Press, decode_press, encode_press


class Mutes:
    """All methods raise `redis.RedisError` and may then be repeated.

    `root` and `differing` are the ledger's.
    """

    def __init__(self, redis: Redis, root: str, differing: str) -> None:
        self._redis = redis
        self._key = f"{root}:mutes"
        self._muted = f"{root}:muted"
        self._differing = differing
        self._mute = redis.register_script(scripts.MUTE)
        self._lift = redis.register_script(scripts.LIFT)

    async def take(self, queue: str, press: Press) -> bool:
        """Mute `queue`, or undo that; False where a later press stands, or this one."""
        at, name = press.at, press.name
        value = f"{at:015d} {name} ".encode() + encode_press(press)
        return bool(await self._mute(keys=[self._key], args=[queue, value]))

    async def all(self) -> dict[str, Press]:
        """The last press on each queue; what it muted may be over."""
        fields: Any = await self._redis.hgetall(self._key)
        found = {}
        for queue, value in fields.items():
            with suppress(ValueError):  # of a newer version: in doubt, send
                found[queue.decode()] = decode_press(value.split(b" ", 2)[2])
        return found

    async def muted(self, now: int) -> set[str]:
        """The queues whose alerts are kept back at `now`."""
        return {q for q, press in (await self.all()).items() if is_muted(press, now)}

    async def keep(self, queue: str, key: str) -> None:
        """Remember that the notice `key` is not told for it."""
        await self._redis.sadd(f"{self._muted}:{queue}", key)

    async def lift(self, now: int) -> dict[str, int]:
        """Put on the list of what differs what waits for mutes that are over.

        Returns how many notices they are, by queue.
        """
        lifted = {}
        for queue, press in (await self.all()).items():
            if not is_muted(press, now):
                keys = [f"{self._muted}:{queue}", self._differing]
                if count := await self._lift(keys=keys, args=[now]):
                    lifted[queue] = count
        return lifted
