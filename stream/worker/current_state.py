"""What is waiting now: gauges computed at each scrape from the owned partitions.

So a partition that moves to another worker leaves no ghost behind.
"""

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping
from time import perf_counter

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.config import Config
from stream.worker.census import AGES, Counts, Labels, census
from stream.worker.metrics import LABELS, labels_of
from stream.worker.waiting import Band, Open, Waiting


class Ownership:
    """What the collector asks the engine; one method a question."""

    def __init__(
        self,
        partitions: Mapping[str, int],
        owned: Callable[[], frozenset[int]],
        lag: Callable[[], int],
        now: Callable[[], int],
    ) -> None:
        self.partitions = partitions
        self.owned = owned
        self.lag = lag
        self.now = now


class CurrentState(Collector):
    """The gauges of what is waiting now, computed at each scrape."""

    def __init__(
        self,
        waiting: Waiting,
        ownership: Ownership,
        config: Config,
        label: Callable[[str], str],
    ) -> None:
        """`label`: of a queue (`Places.queue`)."""
        self._waiting = waiting
        self._ownership = ownership
        self._label = label
        self._labels = labels_of(config)

    def take(self, config: Config) -> None:
        """The queues and measures that are shown from now on, at 0 at least."""
        self._labels = labels_of(config)

    def describe(self) -> list[Metric]:
        # An empty answer keeps the registry from calling collect() at registration.
        return []

    def collect(self) -> Iterator[Metric]:
        started = perf_counter()
        owned = self._ownership.owned()
        yield from self._coverage(owned)
        yield from self._waits(self._waiting.open_sessions(owned))
        took = GaugeMetricFamily(
            "replyclock_collector_duration_seconds", "What this scrape cost."
        )
        took.add_metric((), perf_counter() - started)
        yield took

    def _coverage(self, owned: frozenset[int]) -> Iterator[Metric]:
        total = GaugeMetricFamily(
            "replyclock_partitions", "Partitions of a topic.", labels=("topic",)
        )
        assigned = GaugeMetricFamily(
            "replyclock_partitions_assigned",
            "Partitions that this worker owns and has restored.",
            labels=("topic",),
        )
        lag = GaugeMetricFamily(
            "replyclock_lag_records",
            "Records in the owned partitions that are not applied yet.",
            labels=("topic",),
        )
        for topic, count in self._ownership.partitions.items():
            total.add_metric((topic,), count)
            assigned.add_metric((topic,), len(owned))
            lag.add_metric((topic,), self._ownership.lag())
        yield from (total, assigned, lag)

    def _waits(self, sessions: list[Open]) -> Iterator[Metric]:
        found = census(sessions, self._ownership.now(), self._label)
        known: list[Labels] = [*self._labels]
        places = dict.fromkeys([labels[1:] for labels in known], 0)
        yield _gauge(
            "waiting", "Waits now.", (*LABELS, "band"), _banded(known) | found.waits
        )
        yield _gauge(
            "customers_waiting",
            "Conversations with a wait, each once, by the worst band of its waits.",
            (*LABELS[1:], "band"),
            _banded(places) | found.customers,
        )
        backlog = {(*place, age): 0 for place in places for age in AGES} | found.backlog
        yield _gauge("backlog", "Sessions now, by age.", (*LABELS[1:], "age"), backlog)
        opened = collections.Counter[Labels]()
        for (*place, _), count in backlog.items():
            opened[tuple(place)] += count
        yield _gauge("open_sessions", "Sessions now.", LABELS[1:], opened)
        for name, text, samples in (
            (
                "oldest_wait_timestamp",
                "When the longest wait of now began; absent when nobody waits.",
                found.oldest,
            ),
            (
                "next_deadline_timestamp",
                "When the next breach comes; absent when no clock runs.",
                found.nearest,
            ),
            (
                "next_breach",
                "Open time until the next breach; absent when no clock runs.",
                found.left,
            ),
            (
                "worst_lateness",
                "Open time by which the latest breached wait is late; absent: none is.",
                found.late,
            ),
            (
                "longest_wait",
                "Open time of the longest wait of now; absent: nobody waits for us.",
                found.longest,
            ),
        ):
            seconds = {labels: ms / 1000 for labels, ms in samples.items()}
            yield _gauge(f"{name}_seconds", text, LABELS, seconds)


def _banded(known: Iterable[Labels]) -> Counts:
    """Every band of every one of them, at 0."""
    return {(*labels, band.value): 0 for labels in known for band in Band}


def _gauge(
    name: str,
    text: str,
    labels: Labels,
    samples: Mapping[Labels, float],
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"replyclock_{name}", text, labels=labels)
    for values, number in samples.items():
        family.add_metric(values, number)
    return family
