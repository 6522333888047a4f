"""What is waiting now: gauges computed at each scrape from the owned partitions.

So a partition that moves to another worker leaves no ghost behind.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from time import perf_counter

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.config import Config
from stream.worker.metrics import LABELS, labels_of
from stream.worker.waiting import Band, Open, Wait, Waiting

_Samples = dict[tuple[str, ...], float]


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

    def _by_labels(self, sessions: list[Open]) -> dict[tuple[str, ...], list[Wait]]:
        found: dict[tuple[str, ...], list[Wait]] = {}
        for (measure, (channel, queue)), waits in _alike(sessions).items():
            found.setdefault((measure, channel, self._label(queue)), []).extend(waits)
        return found

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
        now = self._ownership.now()
        known = self._labels
        bands: _Samples = {(*at, band.value): 0 for at in known for band in Band}
        opened: _Samples = {labels[1:]: 0 for labels in known}
        oldest: dict[tuple[str, ...], int] = {}
        nearest: dict[tuple[str, ...], int] = {}
        for (channel, queue), count in Counter([s.place for s in sessions]).items():
            place = (channel, self._label(queue))
            opened[place] = opened.get(place, 0) + count
        for labels, waits in self._by_labels(sessions).items():
            paused = sum([wait.paused and not wait.breached for wait in waits])
            breached = sum([wait.breached for wait in waits])
            running = [wait for wait in waits if not (wait.breached or wait.paused)]
            at_risk = sum([wait.risk_at <= now for wait in running])
            bands[*labels, Band.OK.value] = len(running) - at_risk
            bands[*labels, Band.AT_RISK.value] = at_risk
            bands[*labels, Band.BREACHED.value] = breached
            bands[*labels, Band.PAUSED.value] = paused
            oldest[labels] = min([now, *[wait.started_at for wait in waits]])
            if running:
                nearest[labels] = min([wait.deadline for wait in running])
        yield _gauge("waiting", "Waits now.", (*LABELS, "band"), bands)
        yield _gauge("open_sessions", "Sessions now.", LABELS[1:], opened)
        yield _gauge(
            "oldest_wait_timestamp_seconds",
            "When the longest wait of now began; absent when nobody waits.",
            LABELS,
            {labels: at / 1000 for labels, at in oldest.items()},
        )
        yield _gauge(
            "next_deadline_timestamp_seconds",
            "When the next breach comes; absent when no clock runs.",
            LABELS,
            {labels: at / 1000 for labels, at in nearest.items()},
        )


def _alike(
    sessions: Iterable[Open],
) -> dict[tuple[str, tuple[str, str]], list[Wait]]:
    """Waits by measure and place; there may be a million, so each is seen once."""
    groups: dict[tuple[str, tuple[str, str]], list[Wait]] = {}
    for session in sessions:
        for wait in session.waits:
            at = (wait.measure, session.place)
            if at in groups:
                groups[at].append(wait)
            else:
                groups[at] = [wait]
    return groups


def _gauge(
    name: str,
    text: str,
    labels: tuple[str, ...],
    samples: Mapping[tuple[str, ...], float],
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"replyclock_{name}", text, labels=labels)
    for values, number in samples.items():
        family.add_metric(values, number)
    return family
