"""Whether the facts that stood in the topic when we took it over are read.

Before that, a breach may be posted whose answer stands a few records further on. Each
partition is known best by the process that reads it, so that one posts its alerts.
"""

from collections.abc import Callable, Collection, Mapping

from stream.sla.instants import MINUTE

PATIENCE = MINUTE
"""Post after so long, whatever is not read: in doubt, send."""


class CatchUp:
    """`owned` and `applied` are the engine's; `now` gives milliseconds of any clock."""

    def __init__(
        self,
        owned: Callable[[], Collection[int]],
        applied: Callable[[int], int | None],
        now: Callable[[], float],
    ) -> None:
        self._owned = owned
        self._applied = applied
        self._now = now
        self._began = now()
        self._fence: dict[int, int] = {}

    def began(self, ends: Mapping[int, int]) -> None:
        """These partitions are ours from now on; `ends` is excluded."""
        self._began = self._now()
        self._fence = dict(ends)

    def may_post(self, partition: int | None, waited: float) -> bool:
        """Whether an alert of `partition` may be posted that waits for `waited` (ms).

        None: nobody knows which partition; then all of ours count.
        """
        owned = self._owned()
        if partition is None:
            read = bool(owned) and all(map(self._is_read, owned))
        else:
            read = partition in owned and self._is_read(partition)
        held = self._now() - self._began
        if partition not in owned:
            held = min(held, waited)  # whoever reads it has had the time to post it
        return read or held > PATIENCE

    def _is_read(self, partition: int) -> bool:
        end = self._fence.get(partition)
        if end is not None:
            applied = self._applied(partition)
            if applied is None or applied < end:
                return False
            del self._fence[partition]
        return True
