"""An index of who waits: the open alerts by queue, the most overdue first.

It says where to look, and the alert itself what is so: an answer may come while its
message waits for Slack, and the index learns of it a little later.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from redis.asyncio import Redis

from alerts.alert import OPEN
from alerts.entry import Entry

_PLACE = """
-- KEYS queues, all
-- ARGV root, then of each alert: key, queue ('': it is over), deadline
for i = 2, #ARGV, 3 do
  local key, queue, deadline = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local was = redis.call('HGET', KEYS[1], key)
  if was and was ~= queue then
    redis.call('ZREM', ARGV[1] .. was, key)
    redis.call('HDEL', KEYS[1], key)
  end
  if queue == '' then
    redis.call('ZREM', KEYS[2], key)
  else
    redis.call('HSET', KEYS[1], key, queue)
    redis.call('ZADD', KEYS[2], deadline, key)
    redis.call('ZADD', ARGV[1] .. queue, deadline, key)
  end
end
"""


class WaitingIndex:
    """All methods raise `redis.RedisError`. `root` is the ledger's."""

    def __init__(self, redis: Redis, root: str) -> None:
        self._redis = redis
        self._all = f"{root}:waiting"
        self._queues = f"{root}:waiting:queues"
        self._of_queue = f"{root}:waiting:of:"
        self._place = redis.register_script(_PLACE)

    async def place(self, entries: Iterable[Entry]) -> None:
        """Note of each alert whether somebody waits, for which queue, since when."""
        said: list[Any] = []
        for entry in entries:
            alert = entry.alert
            if alert is None or entry.first is not None:
                continue  # its first notice speaks for it
            queue = alert.ground.queue if alert.state in OPEN else ""
            said += [entry.key, queue, alert.deadline]
        if said:
            await self._place(
                keys=[self._queues, self._all], args=[self._of_queue, *said]
            )

    async def overdue(
        self, count: int | None, queue: str | None = None
    ) -> Sequence[str]:
        """Keys of the `count` most overdue alerts; None: all, and of all queues."""
        name = self._all if queue is None else self._of_queue + queue
        found: Any = await self._redis.zrange(
            name, 0, -1 if count is None else count - 1
        )
        return [key.decode() for key in found]

    async def count(self, queue: str | None = None) -> int:
        """How many wait."""
        name = self._all if queue is None else self._of_queue + queue
        return int(await self._redis.zcard(name))
