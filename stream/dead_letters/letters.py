"""The worker's dead letters: what it cannot read, written once each, up to a limit.

Nothing is done for a batch that can be read. The first one that cannot asks Kafka for
the letters that were written before (`stream.dead_letters.limit` says why), so that a
takeover costs nothing where nothing is dead.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from aiokafka.errors import KafkaError

from stream.dead_letters.limit import Bounds, DeadLetterLimit, Exceeded
from stream.kafka.refusal import RefusedStartError
from stream.records import Record, dead_letter

log = structlog.get_logger(__name__)

Dead = tuple[Record, str]
"""A record that cannot be read, and the reason."""

_SEEN_AGAIN = 4000
"""Letters of records that were not committed: two batches."""


class DeadLetterLimitError(RefusedStartError):
    """Too much cannot be read: the worker stops before its batch is committed."""

    def __init__(self, topic: str, partition: int, exceeded: Exceeded) -> None:
        super().__init__(
            f"{exceeded.unreadable} of the last {exceeded.records} records of {topic},"
            f" partition {partition}, cannot be read (up to offset {exceeded.offset});"
            f" the commonest reason, {exceeded.share:.0%}: {exceeded.reason}."
            " Nothing of this batch is committed. Mend or upgrade what differs, or go"
            " past with higher REPLYCLOCK_DEAD_LETTERS_CONSECUTIVE and _RATIO:"
            " docs/runbook.md, DeadLetters"
        )


class DeadLetters:
    """Of all partitions of one topic that this worker owns."""

    def __init__(
        self,
        bounds: Bounds,
        *,
        write: Callable[[int, Sequence[tuple[bytes, bytes]]], Awaitable[None]],
        recall: Callable[[str, int, int], Awaitable[Mapping[int, str]]],
    ) -> None:
        """`recall(topic, partition, most)`: reasons by offset, of the latest letters.

        It may raise `KafkaError` or `TimeoutError`: then the count begins at zero.
        """
        self._bounds = bounds
        self._write = write
        self._recall = recall
        self._began: dict[int, int] = {}
        self._limits: dict[int, DeadLetterLimit] = {}

    async def take(
        self, partition: int, records: Sequence[Record], dead: Sequence[Dead], now: int
    ) -> None:
        """Write the letters of a batch; returns when Kafka has them.

        Raises `DeadLetterLimitError` when the letters up to the limit are written.
        """
        if not records:
            return
        limit = self._limits.get(partition)
        if limit is None:
            first = records[0].offset
            began = self._began.setdefault(partition, first)
            if not dead:
                return
            letters = await self._letters(records[0].topic, partition)
            limit = DeadLetterLimit(self._bounds, letters, began=began, first=first)
            self._limits[partition] = limit
        taken = limit.take(records, {record.offset: why for record, why in dead})
        new = set(taken.new)
        if new:
            await self._write(
                partition,
                [
                    dead_letter(record, reason, now)
                    for record, reason in dead
                    if record.offset in new
                ],
            )
            log.warning("records dead-lettered", partition=partition, count=len(new))
        if taken.exceeded is not None:
            raise DeadLetterLimitError(records[0].topic, partition, taken.exceeded)

    def forget(self, partition: int) -> None:
        """The partition is another worker's now."""
        self._began.pop(partition, None)
        self._limits.pop(partition, None)

    async def _letters(self, topic: str, partition: int) -> Mapping[int, str]:
        most = self._bounds.memory + _SEEN_AGAIN
        try:
            return await self._recall(topic, partition, most)
        except (KafkaError, TimeoutError) as error:
            # A limit that begins at zero is better than no clocks for one bad record.
            log.warning(
                "dead letters cannot be read back, the limit counts from zero",
                partition=partition,
                error=type(error).__name__,
            )
            return {}
