"""A receiver's outlook: what of its news is told in one message (semantics 4.3). Pure.

    calm ───── more than `threshold` of a queue within `window` ────▶ stormy
    stormy ─── half of `threshold` at most within `window` ─────────▶ calm

What arrives of a stormy queue joins the list that is open; several stormy queues have
one. When all are calm again it takes nothing new, and shrinks until nobody waits. Half,
so that a rate at the threshold does not begin a message a minute.

While the receiver is closed everything joins one list, that of the opening.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

from msgspec import Struct
from msgspec.structs import replace


@dataclass(frozen=True, slots=True)
class Limits:
    """`alerts.storm`: more than `threshold` arrivals within `window` (ms)."""

    threshold: int
    window: int

    @property
    def calm(self) -> int:
        """So many within a window are no storm any more."""
        return self.threshold // 2


@dataclass(frozen=True, slots=True)
class Arrival:
    """A notice that is about to be posted; `at` is the wall time of that (ms)."""

    key: str
    queue: str
    at: int


class Outlook(Struct, frozen=True, omit_defaults=True):
    """What a receiver's arrivals of late come to; in Redis as JSON."""

    recent: dict[str, tuple[tuple[str, int], ...]] = {}
    """By queue, the latest arrivals, oldest first; no more than decide."""
    stormy: tuple[str, ...] = ()
    storm: str | None = None
    """Key of the last storm's list; it takes what arrives of stormy queues."""
    closed: str | None = None
    """Key of the list that takes what arrives in closed hours."""
    beside: dict[str, str] = {}
    """Lists of what is told of listed alerts once more, by why (`kin_of`)."""

    def arrived(self, arrivals: Sequence[Arrival], limits: Limits) -> Self:
        """After `arrivals`; a key that is known already is no news.

        A storm after calm has a list of its own: who has left the last one is called.
        """
        recent = dict(self.recent)
        for arrival in arrivals:
            known = recent.get(arrival.queue, ())
            if all(key != arrival.key for key, _ in known):
                news = (*known, (arrival.key, arrival.at))
                recent[arrival.queue] = news[-limits.threshold - 1 :]
        over = [
            queue
            for queue, known in recent.items()
            if _within(known, limits.window) > limits.threshold
        ]
        stormy = tuple(sorted({*self.stormy, *over}))
        begins = bool(stormy) and not self.stormy
        storm = None if begins else self.storm
        return replace(self, recent=recent, stormy=stormy, storm=storm)

    def aged(self, now: int, limits: Limits) -> Self:
        """At `now`: without what no longer counts."""
        since = now - limits.window
        recent = {
            queue: young
            for queue, known in self.recent.items()
            if (young := tuple(each for each in known if each[1] > since))
        }
        stormy = tuple(q for q in self.stormy if len(recent.get(q, ())) > limits.calm)
        return replace(self, recent=recent, stormy=stormy)

    def stormy_with(self, key: str) -> Self:
        """With the list `key` of a storm."""
        return replace(self, storm=key)

    def closed_with(self, key: str) -> Self:
        """With the list `key` of closed hours."""
        return replace(self, closed=key)

    def beside_with(self, kin: str, key: str, gone: Collection[str] = ()) -> Self:
        """With the list `key` for `kin`, and none any more for those who are `gone`."""
        left = {k: v for k, v in self.beside.items() if k not in gone}
        return replace(self, beside=left | {kin: key})

    def opened(self) -> Self:
        """The receiver is open again."""
        return replace(self, closed=None)

    def takes(self, arrival: Arrival) -> bool:
        """Whether it joins the list of the storm."""
        return arrival.queue in self.stormy

    def is_growing(self, key: str) -> bool:
        """Whether the list `key` takes what arrives."""
        return key == self.closed or (bool(self.stormy) and key == self.storm)


def _within(known: Sequence[tuple[str, int]], window: int) -> int:
    """How many of them within `window` before the last."""
    last = max(at for _, at in known)
    return sum(at > last - window for _, at in known)
