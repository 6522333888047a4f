"""Deadline heaps: which conversations to look at again, and when.

A heap a partition with lazy deletion: an entry holds only while it is the key's
latest. A timer knows nothing; it says where to look (architecture 1).
"""

from heapq import heapify, heappop, heappush


class Deadlines:
    """The due instants (ms) of one partition's conversations."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, bytes]] = []
        self._due: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._due)

    def put(self, key: bytes, due: int | None) -> None:
        """`key` is due at `due`, and no longer at what was said before."""
        if due is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due:
            self._due[key] = due
            heappush(self._heap, (due, key))
            # Every reply moves a due instant: sweep before the dead outnumber.
            if len(self._heap) > 64 + 3 * len(self._due):
                self._heap = [(due, key) for key, due in self._due.items()]
                heapify(self._heap)

    def next(self) -> int | None:
        """The earliest due instant."""
        while self._heap:
            due, key = self._heap[0]
            if self._due.get(key) == due:
                return due
            heappop(self._heap)
        return None

    def take(self, until: int, limit: int) -> list[tuple[int, bytes]]:
        """Remove and return at most `limit` entries due at or before `until`."""
        taken: list[tuple[int, bytes]] = []
        while len(taken) < limit and (due := self.next()) is not None and due <= until:
            _, key = heappop(self._heap)
            del self._due[key]
            taken.append((due, key))
        return taken
