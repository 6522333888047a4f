"""Deadlines: which conversations to look at again, and when.

A timer knows nothing; it says where to look (architecture 1). Keys wait in buckets of
a minute, at 8 bytes each; only the front minute is a heap. Deletion is lazy: an entry
holds only while it is the key's latest.

    front heap ≤ 09:00 │ 09:01 [k7 k1 …] │ 09:02 [k4 …] │ …
"""

from heapq import heapify, heappop, heappush

_BUCKET_MS = 60_000


class Deadlines:
    """The due instants (ms) of one partition's conversations."""

    def __init__(self) -> None:
        self._due: dict[bytes, int] = {}
        self._front: list[tuple[int, bytes]] = []
        self._front_bucket = -1
        self._buckets: dict[int, list[bytes]] = {}
        self._order: list[int] = []
        self._entries = 0

    def __len__(self) -> int:
        return len(self._due)

    def put(self, key: bytes, due: int | None) -> None:
        """`key` is due at `due`, and no longer at what was said before."""
        if due is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due:
            self._due[key] = due
            self._enter(key, due)
            # Every reply moves a due instant: sweep before the dead outnumber.
            if self._entries > 64 + 3 * len(self._due):
                self._sweep()

    def keys(self) -> list[bytes]:
        """All that are waited for, in no order."""
        return list(self._due)

    def next(self) -> int | None:
        """The earliest due instant."""
        while True:
            while self._front:
                due, key = self._front[0]
                if self._due.get(key) == due:
                    return due
                self._leave()
            if not self._order:
                return None
            self._open(heappop(self._order))

    def take(self, until: int, limit: int) -> list[tuple[int, bytes]]:
        """Remove and return at most `limit` entries due at or before `until`."""
        taken: list[tuple[int, bytes]] = []
        while len(taken) < limit and (due := self.next()) is not None and due <= until:
            _, key = self._leave()
            del self._due[key]
            taken.append((due, key))
        return taken

    def _enter(self, key: bytes, due: int) -> None:
        self._entries += 1
        number = due // _BUCKET_MS
        if number <= self._front_bucket:
            heappush(self._front, (due, key))
            return
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = []
            heappush(self._order, number)
        bucket.append(key)

    def _leave(self) -> tuple[int, bytes]:
        self._entries -= 1
        return heappop(self._front)

    def _open(self, number: int) -> None:
        """Make a bucket the front; the one before it is used up."""
        bucket = self._buckets.pop(number)
        self._entries -= len(bucket)
        due_now = {key: self._due.get(key) for key in bucket}
        self._front = [
            (due, key)
            for key, due in due_now.items()
            if due is not None and due // _BUCKET_MS == number
        ]
        heapify(self._front)
        self._entries += len(self._front)
        self._front_bucket = number

    def _sweep(self) -> None:
        self._front, self._buckets, self._order = [], {}, []
        self._entries, self._front_bucket = 0, -1
        for key, due in self._due.items():
            self._enter(key, due)
