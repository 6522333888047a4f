"""Where presses are kept: in the hash of the alert that they are about.

    p:<name of the press>   the press as JSON

and one sorted set of alerts that are to be looked at again (score: when), because what
somebody pressed ends by itself then. All of it is one wanted side with the facts, and
has one version with them (`alerts.ledger`).
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from redis.asyncio import Redis

from alerts.notice import parts_of, return_of
from alerts.presses import scripts
from alerts.presses.press import Press, PressKind, encode_press

_RETURNING = frozenset({PressKind.TAKE, PressKind.SNOOZE})
_BATCH = 1000


class Noted(IntEnum):
    """What became of a press on one alert."""

    UNKNOWN = -1
    """There is no such alert (any more)."""
    REPEATED = 0
    NEW = 1


class PressBook:
    """All methods raise `redis.RedisError` and may then be repeated.

    `root` and `differing` are the ledger's.
    """

    def __init__(self, redis: Redis, root: str, differing: str) -> None:
        self._redis = redis
        self._root = root
        self._differing = differing
        self._due = f"{root}:due"
        self._press = redis.register_script(scripts.PRESS)
        self._come_due = redis.register_script(scripts.COME_DUE)

    async def note(self, alerts: Sequence[str], press: Press, now: int) -> list[Noted]:
        """Write `press` down for each of `alerts` (keys), in their order."""
        returns = press.kind in _RETURNING and press.until is not None
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in alerts:
                await self._press(
                    keys=self._keys(key),
                    args=[
                        *(key, f"p:{press.name}", encode_press(press), now),
                        "" if press.until is None else press.until,
                        return_of(press.name) if returns else "",
                    ],
                    client=pipe,
                )
            return list(map(Noted, await pipe.execute()))

    async def suppress(self, key: str, why: str) -> bool:
        """Write down that the notice `key` is kept back; True the first time."""
        alert, notice = parts_of(key)
        field = "suppressed" if notice is None else f"{notice}:suppressed"
        return bool(await self._redis.hsetnx(f"{self._root}:{alert}", field, why))

    async def look_again(self, alert: str, at: int) -> None:
        """Put the alert on the list of what differs at the instant `at`."""
        await self._redis.zadd(self._due, {alert: at}, lt=True)

    async def pressed(self, keys: Sequence[str]) -> list[bool]:
        """Whether somebody pressed a button of the alert's messages."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hkeys(f"{self._root}:{key}")
            answers = await pipe.execute()
        return [any(f.startswith(b"p:") for f in fields) for fields in answers]

    async def come_due(self, now: int) -> int:
        """Put on that list what is to be looked at by `now`; returns how many."""
        due: list[Any] = await self._redis.zrange(
            self._due, "-inf", now, byscore=True, offset=0, num=_BATCH
        )
        if not due:
            return 0
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in map(bytes.decode, due):
                await self._come_due(keys=self._keys(key), args=[key, now], client=pipe)
            return sum(await pipe.execute())

    def _keys(self, alert: str) -> list[str]:
        return [f"{self._root}:{alert}", self._differing, self._due]
