"""Timers: conclude what is due, behind a fence.

A timer knows nothing; it only says which clocks to look at again. When an instant
has passed (plus `allowed_lateness`), Kafka is asked for the partition's end at that
moment, and nothing is concluded before everything up to there has been applied:

    deadline   + lateness            everything before `end` applied
    ───●──────────●─────────────────────────●──────────▶ wall time
                  │ fence: end offset now   │ conclude what the replies did not stop

So a reply waiting in the topic always beats the timer, after a second or after an
hour of downtime (semantics 3.3).
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from stream.sla.conversation import conclude
from stream.worker.book import Book, Changes

LARGEST_TICK = 2000
"""Conversations concluded at once; the stream gets its turn in between."""


@dataclass(frozen=True, slots=True)
class Fence:
    """Instants up to `until` may be concluded once `end` has been reached."""

    until: int
    end: int


class Timers:
    """The due instants of the owned partitions.

    Args:
        end_offsets: asks Kafka, now, for the ends of partitions.
        applied: the offset before which a partition's events have been applied.
        now: wall time in milliseconds.
    """

    def __init__(
        self,
        book: Book,
        owned: Callable[[], frozenset[int]],
        end_offsets: Callable[[Iterable[int]], Awaitable[dict[int, int]]],
        applied: Callable[[int], int | None],
        now: Callable[[], int],
    ) -> None:
        self._book = book
        self._owned = owned
        self._end_offsets = end_offsets
        self._applied = applied
        self._now = now
        self._fences: dict[int, Fence] = {}

    async def tick(self) -> None:
        """Raise fences where something is due, and conclude behind those reached."""
        owned = self._owned()
        settled = self._now() - self._book.rules.allowed_lateness
        unfenced = [
            partition
            for partition in owned
            if partition not in self._fences
            and (due := self._book.deadlines(partition).next()) is not None
            and due <= settled
        ]
        if unfenced:
            for partition, end in (await self._end_offsets(unfenced)).items():
                self._fences[partition] = Fence(settled, end)
        for partition, fence in list(self._fences.items()):
            if partition not in self._owned():
                del self._fences[partition]
                continue
            applied = self._applied(partition)
            if applied is not None and applied >= fence.end:
                async with self._book.lock(partition):
                    await self._conclude(partition, fence)

    def forget(self, partition: int) -> None:
        """The partition is another worker's now."""
        self._fences.pop(partition, None)

    async def _conclude(self, partition: int, fence: Fence) -> None:
        taken = self._book.deadlines(partition).take(fence.until, LARGEST_TICK)
        if len(taken) < LARGEST_TICK:
            del self._fences[partition]
        now = self._now()
        changes = Changes()
        for due, key in taken:
            stored = self._book.read(partition, key)
            if stored is None:
                continue
            state, facts = conclude(
                key.decode(), stored.conversation, due, self._book.rules, now
            )
            changes.states[key] = (stored.offset, state)
            changes.facts.extend(facts)
        await self._book.write(partition, changes)
