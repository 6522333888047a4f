"""Processes with one mend switched off: chaos must notice.

    python -m dev.chaos.weakened fence worker

Patched from outside, in this process only: the product has no such switch.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from faust.tables.recovery import Recovery

from alerts.bookmark import Bookmark
from alerts.positions import Span
from stream.cli import main
from stream.engine.recovery import BatchRecovery
from stream.worker import app as worker
from stream.worker import timers


def _replace(owner: Any, name: str, weakened: object) -> None:
    """Put it in the place of what must be there, else nothing would be weakened."""
    if name not in vars(owner):
        raise AttributeError(f"{owner.__name__} has no {name} of its own any more")
    setattr(owner, name, weakened)


def without_beginning() -> None:
    """Stores are emptied, and recovery goes on where an overtaken one had been."""

    async def on_rebalance(self: BatchRecovery, *args: Any, **options: Any) -> None:
        self.app.clear_stores()
        await Recovery.on_rebalance(self, *args, **options)

    _replace(BatchRecovery, "on_rebalance", on_rebalance)


def without_restore() -> None:
    """Streams do not wait for the tables: what Kafka has of them counts as read."""

    def need_recovery(_self: BatchRecovery) -> bool:
        return False

    _replace(Recovery, "need_recovery", need_recovery)


def without_fence() -> None:
    """Deadlines do not wait for the replies that Kafka has already."""
    fence = timers.Fence
    _replace(timers, "Fence", lambda until, _end: fence(until, 0))


def without_wall() -> None:
    """A clock that jumps is believed at once."""
    _replace(worker, "Wall", lambda wall, _running: wall)


def without_elsewhere() -> None:
    """What Redis lost is not read again: Kafka's commit counts, whatever Redis has."""

    async def beginnings(_self: Bookmark, _done: Mapping[int, int]) -> dict[int, int]:
        return {}

    async def look(_self: Bookmark) -> None:
        """See nothing."""

    def span(_self: Bookmark, partition: int, last: int) -> Span:
        return Span(partition=partition, begin=0, end=last + 1)

    _replace(Bookmark, "beginnings", beginnings)
    _replace(Bookmark, "look", look)
    _replace(Bookmark, "span", span)


def without_lookup() -> None:
    """What Redis lost is read again, and posted without a look into the channel."""
    span = Bookmark.span

    def all_new(self: Bookmark, partition: int, last: int) -> Span:
        known = span(self, partition, last)
        return Span(partition=partition, begin=known.begin, end=known.end)

    _replace(Bookmark, "span", all_new)


MENDS: dict[str, Callable[[], None]] = {
    "beginning": without_beginning,
    "elsewhere": without_elsewhere,
    "fence": without_fence,
    "lookup": without_lookup,
    "restore": without_restore,
    "wall": without_wall,
}
"""Each is needed alone. Behind most others stands a second line of defence, so chaos
stays green without them; they are switched off one by one in `tests/engine`."""
_OF_ALERTS = frozenset({"elsewhere", "lookup"})


def switch_off(mend: str, process: str) -> None:
    """In the process whose mend it is; the other one stays as it is."""
    if (mend in _OF_ALERTS) is (process == "alerts"):
        MENDS[mend]()


if __name__ == "__main__":
    switch_off(sys.argv.pop(1), sys.argv[1])
    main()
