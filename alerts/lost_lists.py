"""Lists that Redis has lost: no message stays false (semantics 4.6).

Their alerts are read again and told again, by themselves or in another list. What an
old list says of them would stand for ever: it is found beside them, and says so.
"""

import structlog

from alerts.sinks.sinks import Sinks
from alerts.storms.listing import says_over
from alerts.storms.lists import Lists
from stream.sla.instants import MINUTE

log = structlog.get_logger(__name__)

_AGAIN = MINUTE
"""So long is what was seen in a channel believed."""


class LostLists:
    """Instants in milliseconds of wall time."""

    def __init__(self, sinks: Sinks, lists: Lists) -> None:
        self._sinks = sinks
        self._lists = lists
        self._looked: dict[str, tuple[int, int]] = {}
        """By channel, when, and since when it was looked through."""

    async def look(self, channel: str, receiver: str, since: int, now: int) -> None:
        """Look through what was posted after `since`, if nobody has just done so.

        Raises `SinkFailure` and `redis.RedisError`.
        """
        at, back = self._looked.get(channel, (0, 0))
        if now - at < _AGAIN and back <= since:
            return
        async for key, posted in self._sinks.lists_of(channel, since / 1000):
            if says_over(posted.revision):
                continue
            if await self._lists.adopt(
                key,
                receiver=receiver,
                channel=channel,
                ts=posted.ts,
                shown=posted.revision,
                now=now,
            ):
                log.warning("redis had lost a list, its message is closed", key=key)
        self._looked[channel] = now, since
