"""Processes with one mend switched off: chaos must notice.

    python -m dev.chaos.weakened fence worker

Patched from outside, in this process only: the product has no such switch.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from faust.tables.recovery import Recovery

from alerts import due
from alerts.bookmark import Bookmark
from alerts.entry import Entry
from alerts.positions import Span
from alerts.presses.book import Noted, PressBook
from alerts.presses.press import Press
from alerts.shown import Shown
from alerts.storms.gathering import Gathering
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


def without_presses() -> None:
    """What was pressed is known for a second."""
    note, tasks = PressBook.note, set()

    async def noted(
        self: PressBook, alerts: Sequence[str], press: Press, now: int
    ) -> list[Noted]:
        async def forget() -> None:
            await asyncio.sleep(1)
            for key in alerts:
                entry = f"{self._root}:{key}"
                await self._redis.hdel(entry, f"p:{press.name}")
                await self._redis.hincrby(entry, "version", 1)
                await self._redis.zadd(self._differing, {key: now})

        tasks.add(asyncio.create_task(forget()))
        return await note(self, alerts, press, now)

    _replace(PressBook, "note", noted)


def without_lists() -> None:
    """What joins a list is posted by itself, too."""
    gather, next_step = Gathering.gather, vars(due)["next_step"]

    async def gathered(
        self: Gathering, posts: Iterable[tuple[Entry, str]], now: int
    ) -> set[str]:
        await gather(self, [each for each in posts if not each[0].listed_in], now)
        return set()

    _replace(Gathering, "gather", gathered)
    _replace(
        due,
        "next_step",
        lambda entry, *args, **options: next_step(
            replace(entry, listed_in=None), *args, **options
        ),
    )


def without_shown() -> None:
    """What Redis lost and a message shows stays there."""

    async def look(_self: Shown, _now: int) -> None:
        """See nothing."""

    _replace(Shown, "look", look)


MENDS: dict[str, Callable[[], None]] = {
    "beginning": without_beginning,
    "elsewhere": without_elsewhere,
    "fence": without_fence,
    "lists": without_lists,
    "lookup": without_lookup,
    "presses": without_presses,
    "restore": without_restore,
    "shown": without_shown,
    "wall": without_wall,
}
"""Each is needed alone. Behind most others stands a second line of defence, so chaos
stays green without them; they are switched off one by one in `tests/engine`."""
_OF_ALERTS = frozenset({"elsewhere", "lists", "lookup", "presses", "shown"})


def switch_off(mend: str, process: str) -> None:
    """In the process whose mend it is; the other one stays as it is."""
    if (mend in _OF_ALERTS) is (process == "alerts"):
        MENDS[mend]()


if __name__ == "__main__":
    switch_off(sys.argv.pop(1), sys.argv[1])
    main()
