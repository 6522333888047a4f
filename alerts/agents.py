"""The agent: facts from Kafka into the ledger. It never waits for Slack.

A batch is one round trip to Redis; only then are its offsets safe to commit. While
Redis is away nothing is committed, so nothing is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import structlog
from redis.exceptions import RedisError

from alerts.alert import concerns_alerts
from alerts.ledger import MEMORY, Ledger
from alerts.metrics import Metrics
from stream.records import (
    Record,
    UnreadableRecordError,
    dead_letter,
    decode_fact,
)
from stream.sla.facts import Fact
from stream.sla.instants import MINUTE

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 5.0
"""Seconds between two tries to reach Redis."""
PATIENCE = MINUTE
"""Post in spite of a backlog of facts after so long: in doubt, send."""


class FactsReader:
    """Takes partition batches; `now` gives wall time in milliseconds.

    `may_wait` turns False when somebody waits for the batch in hand to end (a
    rebalance, a stop): then Redis being away ends the process instead.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        metrics: Metrics,
        wake: Callable[[Iterable[str]], None],
        write_dead_letters: Callable[
            [int, Sequence[tuple[bytes, bytes]]], Awaitable[None]
        ],
        now: Callable[[], int],
        may_wait: Callable[[], bool],
    ) -> None:
        self._ledger = ledger
        self._metrics = metrics
        self._wake = wake
        self._write_dead_letters = write_dead_letters
        self._now = now
        self._may_wait = may_wait

    async def take(self, partition: int, records: Sequence[Record]) -> None:
        """Remember a batch; its offsets are safe to commit when this returns."""
        now = self._now()
        told: list[tuple[Fact, int]] = []
        dead: list[tuple[bytes, bytes]] = []
        for record in records:
            try:
                fact = _read(record)
            except UnreadableRecordError as error:
                self._metrics.rejected()
                dead.append(dead_letter(record, str(error), now))
                continue
            self._metrics.read(fact.kind)
            if concerns_alerts(fact) and now - fact.noticed_at < MEMORY:
                told.append((fact, record.offset))
        if dead:
            await self._write_dead_letters(partition, dead)
            log.warning("records dead-lettered", partition=partition, count=len(dead))
        if told:
            self._wake(await self._remember(told))

    async def _remember(self, told: Sequence[tuple[Fact, int]]) -> set[str]:
        pause = 0.1
        while True:
            try:
                changed = await self._ledger.want(told)
            except RedisError as error:
                if not self._may_wait():
                    raise
                log.warning(
                    "facts wait, redis does not answer", error=type(error).__name__
                )
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return changed


class CatchUp:
    """Whether the facts that stood in the topic when we took it over are read.

    Before that, a breach may be posted whose answer stands a few records further on.
    """

    def __init__(
        self, applied: Callable[[int], int | None], now: Callable[[], int]
    ) -> None:
        self._applied = applied
        self._now = now
        self._began = now()
        self._fence: dict[int, int] | None = None

    def began(self, ends: Mapping[int, int]) -> None:
        """Partitions became ours that end at these offsets (excluded)."""
        self._began = self._now()
        self._fence = dict(ends)

    def is_over(self) -> bool:
        if self._fence is not None:
            self._fence = {
                partition: end
                for partition, end in self._fence.items()
                if (applied := self._applied(partition)) is not None and applied < end
            }
            if not self._fence:
                return True
        return self._now() - self._began > PATIENCE


def _read(record: Record) -> Fact:
    fact = decode_fact(record.value or b"")
    if record.key != fact.conversation_id.encode():
        # In another partition its order among the facts of the cycle is lost.
        raise UnreadableRecordError("the key is not the conversation_id")
    return fact
