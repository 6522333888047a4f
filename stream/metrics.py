"""The worker's metrics: each declared once, in the words of `contract.md` section 8.

Counters move by facts, once per cycle. What exists now is counted at scrape from the
partitions this worker owns, so a partition that moves leaves no ghost behind.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.config import Config
from stream.sla.facts import Fact, FactKind, Measure, Reason, Verdict
from stream.waiting import Band, Open, Waiting

WAITS = (
    *(15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200),
    *(14400, 28800, 86400, 172800, 259200),
)
"""Bucket bounds in seconds, frozen: sums over time need the same ones (contract 8)."""

DELAYS = (0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 3, 4, 5, 10, 30, 60, 300, 900)

_VERDICTS = {
    FactKind.MET: Verdict.MET,
    FactKind.BREACHED: Verdict.BREACHED,
    FactKind.CANCELLED: Verdict.CANCELLED,
}
_Samples = dict[tuple[str, ...], float]
_LABELS = ("measure", "channel", "queue")


class WorkerMetrics:
    """Everything the worker counts, in a registry of its own."""

    def __init__(self, config: Config, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._newest: dict[tuple[str, str], int] = {}
        self.verdicts = Counter(
            "replyclock_verdicts",
            "Cycles decided, each once, breached at the deadline.",
            (*_LABELS, "verdict"),
            registry=registry,
        )
        self.retractions = Counter(
            "replyclock_retractions",
            "Verdicts taken back: verdicts minus retractions is the exact number.",
            (*_LABELS, "verdict"),
            registry=registry,
        )
        self.replies = Histogram(
            "replyclock_reply_seconds",
            "Wall-clock wait of the customer until the awaited reply.",
            _LABELS,
            buckets=WAITS,
            registry=registry,
        )
        self.sessions = Counter(
            "replyclock_sessions_opened",
            "Matters begun by a customer's message.",
            ("channel", "queue"),
            registry=registry,
        )
        self.withdrawn = Counter(
            "replyclock_sessions_withdrawn",
            "Sessions that began earlier than first told, counted anew: subtract.",
            ("channel", "queue"),
            registry=registry,
        )
        self.detection_delay = Histogram(
            "replyclock_detection_delay_seconds",
            "From a deadline to the moment its breach was noticed.",
            ("measure",),
            buckets=DELAYS,
            registry=registry,
        )
        self.event_delay = Histogram(
            "replyclock_event_delay_seconds",
            "From the arrival of an event at the intake to its being applied.",
            buckets=DELAYS,
            registry=registry,
        )
        self.events = Counter(
            "replyclock_events",
            "Events read, by what they tell.",
            ("channel", "kind"),
            registry=registry,
        )
        self.rejected = Counter(
            "replyclock_events_rejected",
            "Records not applied: unreadable (dead letter) or older than what is kept.",
            ("reason",),
            registry=registry,
        )
        self.late = Counter(
            "replyclock_events_late",
            "Events that arrived longer than allowed_lateness after they happened.",
            ("channel",),
            registry=registry,
        )
        self.duplicates = Counter(
            "replyclock_events_duplicate",
            "Events that said nothing new: retries of the source, repeats of Kafka.",
            ("channel",),
            registry=registry,
        )
        self.last_event = Gauge(
            "replyclock_last_event_timestamp_seconds",
            "When the newest event of an account happened.",
            ("channel", "account"),
            registry=registry,
        )
        self.target = Gauge(
            "replyclock_target_seconds",
            "What a policy promises.",
            ("policy", "measure"),
            registry=registry,
        )
        self.config_info = Gauge(
            "replyclock_config_info",
            "The rules in force; always 1.",
            ("hash",),
            registry=registry,
        )
        self._start_at_zero(config)

    def record(self, facts: Iterable[Fact]) -> None:
        """Move the counters by facts that are in Kafka now."""
        for fact in facts:
            channel = fact.channel.value
            if fact.measure is None:
                if fact.kind is FactKind.SESSION_OPENED:
                    self.sessions.labels(channel, fact.queue).inc()
                elif fact.reason is Reason.SUPERSEDED:
                    self.withdrawn.labels(channel, fact.queue).inc()
                continue
            labels = (fact.measure.value, channel, fact.queue)
            if fact.replaces:
                self.retractions.labels(*labels, fact.replaces.value).inc()
            verdict = _VERDICTS.get(fact.kind)
            if verdict and fact.reason is not Reason.SUPERSEDED:
                self.verdicts.labels(*labels, verdict.value).inc()
            waited = fact.waited_ms
            answered = fact.kind in (FactKind.MET, FactKind.ANSWERED_LATE)
            if answered and waited is not None and fact.replaces is not Verdict.MET:
                self.replies.labels(*labels).observe(waited / 1000)
            if fact.kind is FactKind.BREACHED:
                delay = max(0, fact.noticed_at - fact.at) / 1000
                self.detection_delay.labels(fact.measure.value).observe(delay)

    def saw(self, account: tuple[str, str], at: int) -> None:
        """An event of (channel, account) happened at `at`; only newer ones count."""
        if at > self._newest.get(account, 0):
            self._newest[account] = at
            self.last_event.labels(*account).set(at / 1000)

    def _start_at_zero(self, config: Config) -> None:
        # A series born at 1 counts as no increase at all, and an absent one as no data.
        for measure, channel, queue in labels_of(config):
            for verdict in Verdict:
                self.verdicts.labels(measure, channel, queue, verdict.value)
                self.retractions.labels(measure, channel, queue, verdict.value)
            self.replies.labels(measure, channel, queue)
            self.sessions.labels(channel, queue)
            self.withdrawn.labels(channel, queue)
        for measure_ in Measure:
            self.detection_delay.labels(measure_.value)
        for reason in ("unreadable", "wrong_key", "too_late"):
            self.rejected.labels(reason)
        for channel in config.channels:
            self.late.labels(channel)
            self.duplicates.labels(channel)
        for policy in config.rules().book.policies:
            for target in policy.targets:
                child = self.target.labels(policy.name, target.measure.value)
                child.set(target.within / 1000)
        self.config_info.labels(config.version_hash).set(1)


def labels_of(config: Config) -> list[tuple[str, str, str]]:
    """Every (measure, channel, queue) that the config can give rise to."""
    return [
        (measure.value, channel, queue)
        for measure, channel, queue in product(
            Measure, config.channels, config.queue_names
        )
    ]


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

    def __init__(self, waiting: Waiting, ownership: Ownership, config: Config) -> None:
        self._waiting = waiting
        self._ownership = ownership
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
        now = self._ownership.now()
        known = self._labels
        bands: _Samples = {(*at, band.value): 0 for at in known for band in Band}
        opened: _Samples = {labels[1:]: 0 for labels in known}
        oldest: dict[tuple[str, ...], int] = {}
        nearest: dict[tuple[str, ...], int] = {}
        for session in sessions:
            place = (session.channel, session.queue)
            opened[place] = opened.get(place, 0) + 1
            for wait in session.waits:
                labels = (wait.measure.value, *place)
                key = (*labels, wait.band(now).value)
                bands[key] = bands.get(key, 0) + 1
                oldest[labels] = min(oldest.get(labels, now), wait.started_at)
                if not wait.breached:
                    deadline = nearest.get(labels, wait.deadline)
                    nearest[labels] = min(deadline, wait.deadline)
        yield _gauge("waiting", "Waits now.", (*_LABELS, "band"), bands)
        yield _gauge("open_sessions", "Sessions now.", _LABELS[1:], opened)
        yield _gauge(
            "oldest_wait_timestamp_seconds",
            "When the longest wait of now began; absent when nobody waits.",
            _LABELS,
            {labels: at / 1000 for labels, at in oldest.items()},
        )
        yield _gauge(
            "next_deadline_timestamp_seconds",
            "When the next breach comes; absent when no clock runs.",
            _LABELS,
            {labels: at / 1000 for labels, at in nearest.items()},
        )


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
