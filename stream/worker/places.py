"""Places: the channels and queues that figures are counted by, as labels.

A queue that only events name gets its series at zero when it is first seen, and is
counted after the next scrape: Prometheus takes a series that is born at one for no
increase at all. What comes until then is held. More than `MOST` queues that the file
does not name are `other` together: labels are for ever, and anybody may name a queue.
"""

from collections.abc import Callable, Iterator
from itertools import product

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from stream.config import Config

MOST = 50
"""Queues beside those of the file."""

OTHER = "other"

_LONGEST = 10_000
"""Facts held for a scrape; where nobody scrapes, nobody misses the zero."""


class Places(Collector):
    """Register it after all that counts by place: its turn in a scrape comes last.

    Args:
        zero: makes the series of a (channel, queue) that was never seen.
    """

    def __init__(self, config: Config, zero: Callable[[str, str], None]) -> None:
        self._zero = zero
        self._named: set[str] = set()
        self._known: set[tuple[str, str]] = set()
        self._new: set[tuple[str, str]] = set()
        self._held: list[Callable[[], None]] = []
        self.take(config)

    def take(self, config: Config) -> None:
        """The file's queues have series from the start, and are counted at once."""
        self._listed = frozenset(config.queue_names)
        ours = {*product(config.channels, config.queue_names)}
        self._known |= ours
        self._new -= ours
        for channel, queue in self._known:
            self._zero(channel, queue)

    def queue(self, queue: str) -> str:
        """The label of a queue."""
        if queue in self._listed or queue in self._named:
            return queue
        if len(self._named) >= MOST:
            return OTHER
        self._named.add(queue)
        return queue

    def count(self, channel: str, queue: str, count: Callable[[], None]) -> None:
        """Call `count` now, or after the scrape that shows the place at zero.

        `queue` is a label.
        """
        self._know(channel, queue)
        if (channel, queue) not in self._new:
            count()
            return
        self._held.append(count)
        if len(self._held) > _LONGEST:
            self._release()

    def describe(self) -> list[Metric]:
        # An empty answer keeps the registry from calling collect() at registration.
        return []

    def collect(self) -> Iterator[Metric]:
        self._release()
        return iter(())

    def _know(self, channel: str, queue: str) -> None:
        place = (channel, queue)
        if place not in self._known:
            self._known.add(place)
            self._new.add(place)
            self._zero(channel, queue)

    def _release(self) -> None:
        held, self._held = self._held, []
        self._new.clear()
        for count in held:
            count()
