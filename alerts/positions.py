"""How far the topic of facts is in Redis: remembered by Redis itself, beside the facts.

Kafka's commit says what Redis once took, and not what it still has: a failover, or a
power cut under `appendfsync everysec`, forgets the last second. So the place is kept in
the same memory, and each step of it names the one before:

    WANT 17, from 12 ──▶ at 12 or later?  then keep the fact, and be at 18
                         earlier: what lay between is lost. Nothing is kept, we go back

Reading again is harmless, as facts are (`alerts.alert`). So a version that knows other
words of facts than the last one has a place of its own, and begins at the beginning of
the topic: what the last one could not read, a newer worker's, is read after all.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from redis.asyncio import Redis

from alerts import scripts
from stream.sla.events import Channel
from stream.sla.facts import FactKind, Measure, Reason, Verdict

_WORDS = sorted({*FactKind, *Measure, *Reason, *Verdict, *Channel})
WORDS = blake2b(" ".join(_WORDS).encode(), digest_size=4).hexdigest()
"""Which facts this version can read."""

BEHIND = -1
"""The answer of a script that finds an earlier place than it goes on from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a partition: from `begin`, where the last one ended, to `end`."""

    partition: int
    begin: int
    end: int
    """Excluded."""
    taken: int = 0
    """Facts before this offset were taken once: read again, Redis has lost them."""


class LostError(Exception):
    """Redis is behind what it took: read again from where it stands."""


class Positions:
    """All methods raise `redis.RedisError`. `root` is the ledger's."""

    def __init__(self, redis: Redis, root: str, words: str = WORDS) -> None:
        self._redis = redis
        self.key = f"{root}:read:{words}"
        self._begin = redis.register_script(scripts.BEGIN_AT)

    async def read(self, partitions: Collection[int]) -> dict[int, int]:
        """The next offset to be read of each that Redis knows."""
        if not partitions:
            return {}
        names = list(partitions)
        found: Any = await self._redis.hmget(self.key, [str(name) for name in names])
        return {
            partition: int(offset)
            for partition, offset in zip(names, found, strict=True)
            if offset is not None
        }

    async def begin(self, partition: int, known: int | None, at: int) -> bool:
        """Go on at `at`; False when Redis is no longer where it was, at `known`."""
        expected = "" if known is None else str(known)
        args = (partition, expected, at)
        return bool(await self._begin(keys=[self.key], args=args))

    async def forget(self) -> None:
        """Whoever reads next begins at the beginning."""
        await self._redis.delete(self.key)
