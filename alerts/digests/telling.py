"""Digests that are due, counted and told. One that fails holds no alert up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

import structlog
from aiokafka.errors import KafkaError
from redis.exceptions import RedisError

from alerts.digests.acted_on import acted_on
from alerts.digests.composing import digest_of
from alerts.digests.counted import Counted, Kept
from alerts.digests.due import Due, Period, last_due
from alerts.digests.message import digesting
from alerts.digests.posting import DigestPosting
from alerts.failure import SinkFailure
from alerts.slack.blocks import Message
from stream.config import Config
from stream.config.audience import hears_of

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""Seconds between two looks whether one is due."""
PAUSE_S = 60.0
"""Seconds until what did not work is tried again."""

Count = Callable[[Sequence[Period], int], Awaitable[tuple[Counted, Kept | None]]]


class Digests:
    """Run `run()` in a task, and cancel it whenever you like: what was begun is found.

    `count`: the facts of periods (`alerts.digests.reading`). `may_tell`: whether this
    process is the one that does: two would only count twice.
    """

    def __init__(
        self,
        *,
        posting: DigestPosting,
        config: Config,
        count: Count,
        may_tell: Callable[[], bool],
        pause_s: float = PAUSE_S,
    ) -> None:
        self._posting = posting
        self._config = config
        self._count = count
        self._may_tell = may_tell
        self._pause_s = pause_s
        self._up_since = posting.now()
        self._settled: dict[str, date] = {}
        """The latest digest of each receiver about which nothing is to be done."""

    def take(self, config: Config) -> None:
        """Who is told, and when, from now on."""
        self._config = config

    async def run(self) -> None:
        while True:
            wait = self._pause_s
            try:
                if await self.look():
                    wait = LOOK_S
            except SinkFailure as failure:
                wait = failure.retry_after or wait
                said = {"reason": failure.reason, "detail": failure.detail}
                log.warning("a sink does not take a digest, it waits", **said)
            except (RedisError, KafkaError, TimeoutError) as error:
                log.warning("a digest waits", error=type(error).__name__)
            except Exception:
                # Alerts go on, whatever is wrong with the figures.
                log.exception("a digest could not be made, it waits")
            await asyncio.sleep(wait)

    async def look(self) -> bool:
        """Tell what is due; False when something is left for a later look.

        Raises `SinkFailure`, after the others got theirs, `redis.RedisError` and
        aiokafka's `KafkaError`.
        """
        if not self._may_tell():
            return True
        untold: dict[Due, list[str]] = {}
        for receiver, due in self._due():
            if await self._posting.is_told(receiver, due):
                self._settled[receiver] = due.day
            else:
                untold.setdefault(due, []).append(receiver)
        are_told, failed = [], None
        for due, receivers in untold.items():
            counted, kept = await self._counted(due)
            for receiver in receivers:
                try:
                    is_told = await self._tell(receiver, due, counted, kept)
                except SinkFailure as failure:
                    self._posting.metrics.failed(receiver, failure.reason)
                    failed = failure  # of this channel
                else:
                    are_told.append(is_told)
        if failed is not None:
            raise failed
        return all(are_told)

    def _due(self) -> list[tuple[str, Due]]:
        """The latest digest of each receiver, where it is not settled."""
        config, now = self._config, self._posting.now()
        latest = {
            name: last_due(receiver.digest, config.timezone, now)
            for name, receiver in config.alerts.receivers.items()
            if receiver.digest is not None
        }
        return [
            (name, due)
            for name, due in latest.items()
            if self._settled.get(name, date.min) < due.day
        ]

    async def _counted(self, due: Due) -> tuple[Counted, Kept | None]:
        week = due.last_week
        periods = [due.yesterday] if week is None else [due.yesterday, week]
        since = self._posting.now() - self._config.abandon_after
        return await self._count(periods, since)

    async def _tell(
        self, receiver: str, due: Due, counted: Counted, kept: Kept | None
    ) -> bool:
        is_told = True
        if kept is not None and (kept.since <= due.at or not kept.is_whole):
            channel = self._config.alerts.receivers[receiver].place
            is_told = await self._posting.tell(
                receiver,
                channel,
                due,
                lambda: self._write(receiver, due, counted, kept),
            )
        # Else nothing had ever happened when it was due: a new installation.
        if is_told:
            self._settled[receiver] = due.day
        return is_told

    async def _write(
        self, receiver: str, due: Due, counted: Counted, kept: Kept
    ) -> Message:
        alerts = {
            key: reaction.in_time
            for key, reaction in counted.alerts.items()
            if due.last_week is not None
            and hears_of(receiver, reaction.queue, self._config)
        }
        digest = digest_of(
            *(receiver, due, counted, kept, self._config),
            acted_on=await acted_on(alerts, self._posting.ledger),
            up_since=self._up_since,
            now=self._posting.now(),
        )
        return digesting(digest)
