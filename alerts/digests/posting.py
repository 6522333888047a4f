"""One digest, posted once, whatever crashes, forgets or runs twice.

As an alert's, a post is preceded by its intent in the ledger. Before every post the
channel is looked at, too: a digest comes once a day, so that costs nothing, and a Redis
that forgot brings no second one.

    look ──▶ begin(intent) ──▶ Slack ──▶ record(ts)
                           ▲ a crash here: the next look finds it
"""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from redis.exceptions import RedisError

from alerts.delivery import wall_ms
from alerts.digests.due import Due
from alerts.failure import FOR_NOW, SinkFailure
from alerts.ledger import Ledger
from alerts.metrics import Metrics
from alerts.posting import CERTAIN, LOOK_BACK
from alerts.sinks.sink import instant
from alerts.sinks.sinks import Sinks
from alerts.slack.blocks import Message
from alerts.slack.client import Slack
from stream.config.sinks import kind_of_place

log = structlog.get_logger(__name__)

_LEASE = 30_000
"""Milliseconds; longer than a look into the channel and a post."""


@dataclass(frozen=True, slots=True)
class DigestPosting:
    """Leases are named `owner`; `now` is wall time in ms.

    `certain_ms`: so long after a post whose end we do not know is "not there" believed.
    """

    ledger: Ledger
    slack: Slack
    sinks: Sinks
    """Where it is told that is not Slack: not looked for there, and told once more."""
    metrics: Metrics
    owner: str
    now: Callable[[], int] = wall_ms
    certain_ms: int = CERTAIN

    async def is_told(self, receiver: str, due: Due) -> bool:
        """Whether the ledger knows of it. Raises `redis.RedisError`."""
        [entry] = await self.ledger.entries([due.key(receiver)])
        return entry.ts is not None

    async def tell(
        self,
        receiver: str,
        channel: str,
        due: Due,
        write: Callable[[], Awaitable[Message]],
    ) -> bool:
        """Whether it is in the channel now; False: look again later.

        Raises `SinkFailure` and `redis.RedisError`; both leave the ledger true.
        """
        key = due.key(receiver)
        if not await self.ledger.leases.take(key, self.owner, _LEASE):
            return False  # another process is at it
        try:
            await self.ledger.open(key)
            return await self._post(receiver, channel, due, write)
        finally:
            with contextlib.suppress(RedisError):  # it expires by itself
                await self.ledger.leases.release(key, self.owner)

    async def _post(
        self,
        receiver: str,
        channel: str,
        due: Due,
        write: Callable[[], Awaitable[Message]],
    ) -> bool:
        key, begun_at = due.key(receiver), self.now()
        [entry] = await self.ledger.entries([key])
        if entry.ts is not None:
            return True
        ts = await self._found(channel, key, due)
        if ts is None:
            if entry.intent is not None and begun_at - entry.intent < self.certain_ms:
                return False  # Slack may do late what it was asked
            message = await write()
            if not await self.ledger.begin(
                *(entry, self.owner), receiver=receiver, channel=channel, now=begun_at
            ):
                return False
            try:
                ts = await self._say(channel, message, key)
            except SinkFailure as failure:
                if not failure.unclear:
                    await self.ledger.forget_intent(key, self.owner)
                raise
        await self.ledger.record(
            *(entry, self.owner), ts=ts, shown="", done=True, now=begun_at
        )
        self.metrics.digest_told(receiver)
        log.info("digest told", receiver=receiver, day=str(due.day))
        return True

    async def _say(self, channel: str, message: Message, key: str) -> str:
        if kind_of_place(channel) == "slack":
            return await self.slack.post(channel, message, key, "")
        await self.sinks.of(channel).say(channel, message, key)
        return instant(self.now())

    async def _found(self, channel: str, key: str, due: Due) -> str | None:
        if kind_of_place(channel) != "slack":
            return None
        try:
            found = await self.slack.find(channel, key, (due.at - LOOK_BACK) / 1000)
        except SinkFailure as failure:
            if failure.reason in FOR_NOW:
                raise
            return None  # in doubt, send (semantics 4.6)
        return None if found is None else found.ts
