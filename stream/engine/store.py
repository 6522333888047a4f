"""The state of a table in memory, one dict for each partition."""

from collections.abc import Iterable, Mapping

Item = tuple[bytes, bytes | None]


class PartitionStore:
    """Key -> value for each partition a worker owns; nothing of any other.

    A partition that leaves takes its dict with it, so a scan can never see the
    keys of another worker (Faust's own memory store keeps them).
    """

    def __init__(self) -> None:
        self._partitions: dict[int, dict[bytes, bytes]] = {}

    def get(self, partition: int, key: bytes) -> bytes | None:
        return self._partitions.get(partition, {}).get(key)

    def partition(self, partition: int) -> Mapping[bytes, bytes]:
        """The live state of one partition; empty when it is not here."""
        return self._partitions.get(partition, {})

    def partitions(self) -> frozenset[int]:
        return frozenset(self._partitions)

    def apply(self, partition: int, items: Iterable[Item]) -> None:
        """Set each key in order; a value of None removes the key."""
        state = self._partitions.setdefault(partition, {})
        for key, value in items:
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value

    def drop(self, partitions: Iterable[int]) -> None:
        """Forget these partitions; unknown ones are fine."""
        for partition in partitions:
            self._partitions.pop(partition, None)

    def clear(self) -> None:
        self._partitions.clear()

    def __len__(self) -> int:
        return sum(map(len, self._partitions.values()))
