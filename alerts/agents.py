"""The agent: facts from Kafka into the ledger. It never waits for Slack.

A batch is one round trip to Redis, and how far the topic was read is part of it; only
then are its offsets safe to commit. While Redis is away nothing is committed. When it
comes back without what it took, reading goes back to where it stands.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

import structlog
from redis.exceptions import RedisError

from alerts.bookmark import Bookmark
from alerts.ledger import MEMORY, Ledger
from alerts.metrics import Metrics
from alerts.positions import LostError, Span
from stream.dead_letters.letters import Dead, DeadLetters
from stream.records import Record, UnreadableRecordError, decode_fact
from stream.sla.facts import Fact

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 5.0
"""Seconds between two tries to reach Redis."""


class FactsReader:
    """Takes partition batches; `now` gives wall time in milliseconds.

    `concern` says whether a fact can change an alert (`alerts.routing.Routes`).
    `may_wait` turns False when somebody waits for the batch in hand to end (a
    rebalance, a stop): then Redis being away ends the process instead. `waiting` is
    entered while it is away: no stall of ours.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        bookmark: Bookmark,
        metrics: Metrics,
        wake: Callable[[Iterable[str]], None],
        concern: Callable[[Fact], bool],
        dead_letters: DeadLetters,
        now: Callable[[], int],
        may_wait: Callable[[], bool],
        waiting: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._ledger = ledger
        self._bookmark = bookmark
        self._metrics = metrics
        self._wake = wake
        self._concern = concern
        self._dead_letters = dead_letters
        self._now = now
        self._may_wait = may_wait
        self._waiting = waiting

    async def take(self, partition: int, records: Sequence[Record]) -> None:
        """Remember a batch; its offsets are safe to commit when this returns.

        Raises `DeadLetterLimitError` when too much of the topic cannot be read: a newer
        worker writes it, as a rule, and this process is to be upgraded.
        """
        now = self._now()
        told: list[tuple[Fact, int]] = []
        dead: list[Dead] = []
        for record in records:
            try:
                fact = _read(record)
            except UnreadableRecordError as error:
                self._metrics.rejected()
                dead.append((record, str(error)))
                continue
            self._metrics.read(fact.kind)
            if self._concern(fact) and now - fact.noticed_at < MEMORY:
                told.append((fact, record.offset))
        await self._dead_letters.take(partition, records, dead, now)
        span = self._bookmark.span(partition, records[-1].offset)
        try:
            self._wake(await self._remember(told, span))
            self._bookmark.took(span)
        except LostError:
            # What this batch says comes again, after what was lost.
            await self._bookmark.go_back("redis is behind what it took")

    async def _remember(self, told: Sequence[tuple[Fact, int]], span: Span) -> set[str]:
        try:
            return await self._ledger.want(told, span)
        except RedisError as error:
            if not self._may_wait():
                raise
            log.warning("facts wait, redis does not answer", error=type(error).__name__)
        with self._waiting():
            return await self._keep_trying(told, span)

    async def _keep_trying(
        self, told: Sequence[tuple[Fact, int]], span: Span
    ) -> set[str]:
        pause = 0.1
        while True:
            await asyncio.sleep(pause)
            try:
                changed = await self._ledger.want(told, span)
            except RedisError:
                if not self._may_wait():
                    raise
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                log.info("redis takes facts again")
                return changed


def _read(record: Record) -> Fact:
    fact = decode_fact(record.value or b"")
    if record.key != fact.conversation_id.encode():
        # In another partition its order among the facts of the cycle is lost.
        raise UnreadableRecordError("the key is not the conversation_id")
    return fact
