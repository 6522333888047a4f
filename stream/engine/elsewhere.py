"""For a handler whose memory is not in Kafka, and may lose what Kafka calls done."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from faust.types import TP

Beginnings = Callable[[Mapping[int, int]], Awaitable[Mapping[int, int]]]
"""Takes the commit of each partition that is now ours (0: none); names offsets to begin
at instead, of some or all of them."""


class Elsewhere:
    """Of one `EngineApp`."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.waits = 0
        self._beginnings: Beginnings | None = None

    def begins_by(self, beginnings: Beginnings) -> Beginnings:
        """Ask at each hand-over where to begin; the commit stands where none is named.

        What is earlier than the topic's beginning is that; later than its end must not
        be named. Raising crashes.
        """
        self._beginnings = beginnings
        return beginnings

    async def hand_over_again(self) -> None:
        """Ask for all partitions anew, as a rebalance does; returns at once."""
        thread = self._app.consumer._thread  # noqa: SLF001 - listed in guard.py
        await thread.call_thread(thread.rejoin)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While a handler waits for something that no restart would bring.

        The watchdog leaves it alone.
        """
        self.waits += 1
        try:
            yield
        finally:
            self.waits -= 1

    async def seek(
        self, consumer: Any, committed: Mapping[TP, int | None]
    ) -> dict[TP, int]:
        """Seek what `begins_by` names; all partitions are of one topic."""
        if self._beginnings is None or not committed:
            return {}
        tps = {tp.partition: tp for tp in committed}
        named = await self._beginnings({p: committed[tp] or 0 for p, tp in tps.items()})
        if not named:
            return {}
        earliest = await consumer.earliest_offsets(*(tps[p] for p in named))
        offsets = {tps[p]: max(at, earliest[tps[p]]) for p, at in named.items()}
        await consumer.seek_wait(offsets)
        return offsets
