"""One conversation, one message: broken promises as lines of an open message.

While a message of a conversation is open, its window and its resolution that break are
lines of it (semantics 4.1): the alert is a *guest* of the alert that has the message,
its *host*. A guest's own facts stay in its own entry, with the place of the host's
message, so its escalations find it; the host knows its guests and speaks for them.

    guest   host, ts, channel, receiver      where it is told
    host    g:<guest> ...                    for whom it speaks
    and one key a conversation: which alert was posted last
"""

from hashlib import blake2b
from typing import Any

from redis.asyncio import Redis

from alerts import scripts
from alerts.alert import Alert, AlertState
from alerts.entry import Entry
from alerts.lease import Leases
from alerts.notice import BROKEN
from stream.sla.facts import Fact, Measure

LINES = frozenset({Measure.WINDOW, Measure.RESOLUTION})
"""What may be a line. A reply that is due is a message: an edit calls nobody."""


def may_join(entry: Entry, alert: Alert) -> bool:
    """Whether the alert may become a line; a warning may not: it is to be noticed.

    Nor what may have a message of its own: that one would be edited no more.
    """
    is_news = alert.state is AlertState.BREACHED and entry.doubt is None
    return entry.first is None and is_news and alert.ground.measure in LINES


class Hosts:
    """All methods raise `redis.RedisError` and may then be repeated."""

    def __init__(self, redis: Redis, root: str, leases: Leases, life: int) -> None:
        self._redis = redis
        self._root = root
        self._leases = leases
        self._life = life
        self._join = redis.register_script(scripts.JOIN)
        self._pass_on = redis.register_script(scripts.GIVE_TO_HOST)

    async def remember(self, key: str, fact: Fact) -> None:
        """The alert `key` has the latest message of the conversation of `fact`."""
        await self._redis.set(self._latest(fact), key, px=self._life)

    async def candidate(self, fact: Fact) -> str | None:
        """The alert that has the latest message of the conversation."""
        key: Any = await self._redis.get(self._latest(fact))
        return None if key is None else key.decode()

    async def join(self, entry: Entry, owner: str, host: Entry, now: int) -> bool:
        """Make `entry` a guest of `host`; False when one of them changed meanwhile."""
        keys = [
            f"{self._root}:{entry.key}",
            f"{self._root}:{host.key}",
            f"{self._root}:differing",
            self._leases.name(entry.key),
        ]
        versions = (entry.key, entry.version, host.key, host.version)
        return bool(await self._join(keys=keys, args=[*versions, owner, now, BROKEN]))

    async def pass_on(self, entry: Entry, shown: str, life: int, now: int) -> bool:
        """What changed for a guest is the host's to show.

        False when it changed again. Where the host is forgotten, it is a guest no more.
        `life`: milliseconds that its entry lives on, 0: for ever.
        """
        keys = [
            f"{self._root}:{entry.key}",
            f"{self._root}:{entry.host}",
            f"{self._root}:differing",
        ]
        known = (entry.key, entry.version, entry.host or "")
        return bool(await self._pass_on(keys=keys, args=[*known, shown, life, now]))

    def _latest(self, fact: Fact) -> str:
        name = blake2b(fact.conversation_id.encode(), digest_size=16).hexdigest()
        return f"{self._root}:latest:{name}"
