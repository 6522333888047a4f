"""Reconsidering: open conversations under new rules, a slice at a time.

Only when the config says `reload: reevaluate_open`; else running clocks keep the rules
they started under (semantics 2.11), and are counted in the queue their account has now.
"""

from collections.abc import Callable, Iterator

from stream.sla.conversation import is_of_before, reconsider
from stream.worker.book import Book, Changes
from stream.worker.table import Stored

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

    def begin(self, partitions: frozenset[int], *, moved: bool = False) -> None:
        """All that are open now; what comes later starts under the new rules.

        `moved`: accounts are another queue's now, and who waits is counted there.

        After a reload, and when partitions were restored: who had them before may
        not have come to their end.
        """
        if self._book.rules.reevaluate_open or moved:
            for partition in partitions:
                self._left[partition] = self._book.deadlines(partition).keys()

    def forget(self, partition: int) -> None:
        """Another worker's now, who begins anew when it has restored it."""
        self._left.pop(partition, None)

    async def step(self) -> None:
        """One slice of one partition."""
        for partition in self._left.keys() & self._owned():
            keys = self._left.pop(partition)
            taken, left = keys[:SLICE], keys[SLICE:]
            if left:
                self._left[partition] = left
            async with self._book.lock(partition):
                await self._book.write(partition, self._changes(partition, taken))
            return

    def _changes(self, partition: int, keys: list[bytes]) -> Changes:
        changes, now = Changes(), self._now()
        rules = self._book.rules
        for key, stored in self._stored(partition, keys):
            self._book.place(partition, key, stored.conversation)
            if not rules.reevaluate_open or not is_of_before(
                stored.conversation, rules
            ):
                continue
            state, facts = reconsider(key.decode(), stored.conversation, rules, now)
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
