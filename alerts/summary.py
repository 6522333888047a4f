"""Summaries: breaches that were over before anybody could be told (semantics 3.5).

After a downtime they are counted and told in one message a receiver, not in one each.
They are collected in Redis until none has come for `QUIET`, so that a long backlog is
one message; a crash between the message and forgetting repeats it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from alerts.alert import Alert, AlertState
from stream.sla.facts import Measure
from stream.sla.instants import SECOND

QUIET = 30 * SECOND


@dataclass(slots=True)
class Summary:
    """What is to be told to one receiver; instants and spans in milliseconds."""

    receiver: str
    first: int
    last: int
    """Deadlines: the earliest and the latest."""
    longest: int
    """The longest of the waits beyond their deadlines."""
    counts: dict[tuple[str, Measure], int] = field(default_factory=dict)
    """By queue and measure."""
    over: dict[AlertState, int] = field(default_factory=dict)
    """By how they ended."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def queues(self) -> dict[str, int]:
        """By queue alone."""
        found: dict[str, int] = {}
        for (queue, _), count in self.counts.items():
            found[queue] = found.get(queue, 0) + count
        return found


class Summaries:
    """All methods raise `redis.RedisError`. `root` is the ledger's."""

    def __init__(self, redis: Redis, root: str) -> None:
        self._redis = redis
        self._root = f"{root}:summary"

    async def add(self, receiver: str, alert: Alert, now: int) -> None:
        """One more breach that is over; `now` is wall time."""
        breach, ended = alert.ground, alert.last.at
        key = f"{self._root}:{receiver}"
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hincrby(key, f"n:{breach.measure}:{breach.queue}", 1)
            pipe.hincrby(key, f"o:{alert.state}", 1)
            pipe.hset(key, "added", now)
            pipe.zadd(f"{key}:deadlines", {str(breach.at): breach.at})
            pipe.zadd(f"{key}:late", {"late": ended - breach.at}, gt=True)
            pipe.sadd(f"{self._root}:receivers", receiver)
            await pipe.execute()

    async def due(self, now: int) -> list[Summary]:
        """Those to which nothing was added for a while."""
        names: Any = await self._redis.smembers(f"{self._root}:receivers")
        found = []
        for name in sorted(raw.decode() for raw in names):
            key = f"{self._root}:{name}"
            fields: Any = await self._redis.hgetall(key)
            if fields and int(fields[b"added"]) + QUIET <= now:
                found.append(await self._read(name, key, fields))
        return found

    async def told(self, summary: Summary) -> None:
        """The message is there."""
        *own, receivers = self.names(summary.receiver)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(*own)
            pipe.srem(receivers, summary.receiver)
            await pipe.execute()

    def names(self, receiver: str) -> list[str]:
        """The keys in Redis that one is kept in; the last is that of all receivers."""
        key = f"{self._root}:{receiver}"
        names = [key, f"{key}:deadlines", f"{key}:late"]
        return [*names, f"{self._root}:receivers"]

    async def of(self, receiver: str) -> Summary | None:
        """What is collected for `receiver` up to now."""
        key = f"{self._root}:{receiver}"
        fields: Any = await self._redis.hgetall(key)
        return await self._read(receiver, key, fields) if fields else None

    async def _read(
        self, name: str, key: str, fields: Mapping[bytes, bytes]
    ) -> Summary:
        first: Any = await self._redis.zrange(f"{key}:deadlines", 0, 0)
        last: Any = await self._redis.zrange(f"{key}:deadlines", -1, -1)
        late = await self._redis.zscore(f"{key}:late", "late")
        summary = Summary(name, int(first[0]), int(last[0]), int(late or 0))
        for field_name, count in fields.items():
            kind, _, rest = field_name.decode().partition(":")
            if kind == "n":
                measure, _, queue = rest.partition(":")
                summary.counts[queue, Measure(measure)] = int(count)
            elif kind == "o":
                summary.over[AlertState(rest)] = int(count)
        return summary
