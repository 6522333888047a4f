"""When a person last replied in each queue, as the facts say."""

from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from stream.sla.facts import Fact, FactKind

_REPLIES = {FactKind.MET, FactKind.ANSWERED_LATE}

_HEARD = """
-- KEYS replies; ARGV queue, instant, queue, instant ...
for i = 1, #ARGV, 2 do
  if tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0') < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
"""


class Replies:
    """All methods raise `redis.RedisError`. `root` is the ledger's."""

    def __init__(self, redis: Redis, root: str) -> None:
        self._redis = redis
        self._name = f"{root}:replies"
        self._heard = redis.register_script(_HEARD)

    async def hear(self, facts: Iterable[Fact], pipe: Pipeline) -> None:
        """Remember the latest reply of each queue, when `pipe` is sent.

        Other facts say nothing of it.
        """
        latest: dict[str, int] = {}
        for fact in facts:
            if fact.kind in _REPLIES and fact.author is not None:
                latest[fact.queue] = max(fact.at, latest.get(fact.queue, 0))
        if latest:
            said = [part for pair in latest.items() for part in pair]
            await self._heard(keys=[self._name], args=said, client=pipe)

    async def last(self) -> dict[str, int]:
        """By queue, in milliseconds; a queue of which nobody has heard is not in it."""
        found: Any = await self._redis.hgetall(self._name)
        return {queue.decode(): int(at) for queue, at in found.items()}
