"""What this process lately had messages say: Redis may forget it, and they go on so.

Redis loses its last seconds by a failover or a power cut. Facts of them are read again;
what people pressed is in no topic (ADR 20), and which alerts joined a list is known to
Redis alone. A message that shows more than Redis knows is edited: none stays false
(semantics 4.6).
"""

from collections import OrderedDict
from typing import Any

import structlog
from redis.asyncio import Redis

from alerts import scripts
from alerts.fields import of
from alerts.notice import parts_of
from stream.sla.instants import MINUTE

log = structlog.get_logger(__name__)

LATELY = 5 * MINUTE
"""A Redis that forgets more than this is not asked what it forgot."""


class Shown:
    """By notice or list; instants in milliseconds of wall time.

    `root` and `differing` are the ledger's.
    """

    def __init__(self, redis: Redis, root: str, differing: str) -> None:
        self._redis = redis
        self._root = root
        self._differing = differing
        self._forgotten = redis.register_script(scripts.FORGOTTEN)
        self._lately: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._server: str | None = None

    def remember(self, key: str, revision: str, now: int) -> None:
        """The message of `key` shows `revision`, whatever Redis will say."""
        self._lately[key] = now, revision
        self._lately.move_to_end(key)
        while next(iter(self._lately.values()))[0] < now - LATELY:
            self._lately.popitem(last=False)

    async def look(self, now: int) -> None:
        """Where another Redis answers, have edited what it believes to be otherwise.

        One that has started again, or a replica that took over. Raises
        `redis.RedisError`, and is then to be repeated.
        """
        info: Any = await self._redis.info("server")
        server, known = info.get("run_id"), self._server
        if known is not None and server != known:
            async with self._redis.pipeline(transaction=False) as pipe:
                for key, (_, revision) in self._lately.items():
                    await self._forgotten(
                        keys=[f"{self._root}:{parts_of(key)[0]}", self._differing],
                        args=[key, of(key), revision, now],
                        client=pipe,
                    )
                count = sum(await pipe.execute())
            if count:
                log.warning("redis had lost what messages show", count=count)
        self._server = server
