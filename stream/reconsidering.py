"""Reconsidering: open conversations under new rules, a slice at a time.

Only when the config says `reload: reevaluate_open`; else running clocks keep the rules
they started under (semantics 2.11).
"""

from collections.abc import Callable, Iterator

from stream.book import Book, Changes
from stream.sla.conversation import reconsider
from stream.table import Stored

SLICE = 500
"""Conversations at once: some 30 ms, and the stream gets its turn in between."""


class Reconsidering:
    """Walks the conversations of the owned partitions once after each `begin`."""

    def __init__(
        self, book: Book, owned: Callable[[], frozenset[int]], now: Callable[[], int]
    ) -> None:
        self._book = book
        self._owned = owned
        self._now = now
        self._left: dict[int, list[bytes]] = {}

    def begin(self) -> None:
        """All that are open now; what comes later starts under the new rules."""
        self._left = {
            partition: self._book.deadlines(partition).keys()
            for partition in self._owned()
        }

    async def step(self) -> None:
        """One slice of one partition."""
        for partition in list(self._left):
            keys = self._left[partition]
            if not keys or partition not in self._owned():
                # Who restores it meanwhile restores it under the old stamps; they
                # have the new rules and will reconsider what they own.
                del self._left[partition]
                continue
            taken, self._left[partition] = keys[:SLICE], keys[SLICE:]
            async with self._book.lock(partition):
                await self._book.write(partition, self._changes(partition, taken))
            return

    def _changes(self, partition: int, keys: list[bytes]) -> Changes:
        changes, now = Changes(), self._now()
        for key, stored in self._stored(partition, keys):
            state, facts = reconsider(
                key.decode(), stored.conversation, self._book.rules, now
            )
            if state is not stored.conversation:
                changes.states[key] = (stored.offset, state)
                changes.facts.extend(facts)
        return changes

    def _stored(
        self, partition: int, keys: list[bytes]
    ) -> Iterator[tuple[bytes, Stored]]:
        for key in keys:
            stored = self._book.read(partition, key)
            if stored is not None:
                yield key, stored
