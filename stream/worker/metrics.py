"""The worker's metrics: each declared once, in the words of `contract.md` section 8.

Counters move by facts, once per cycle; a label look-up costs like a rule, so alike
facts of a batch move them together.
"""

import collections
from collections.abc import Iterable
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from stream.config import Config
from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Measure, Reason, Verdict
from stream.sla.policy import UNROUTED
from stream.worker.delays import Delays

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
_REPLIES = frozenset({Measure.FIRST_REPLY, Measure.NEXT_REPLY})
_MEASURED = frozenset({FactKind.MET, FactKind.ANSWERED_LATE, FactKind.BREACHED})
_Alike = tuple[
    FactKind, Measure | None, Channel, str, Verdict | None, str | None, Reason | None
]
LABELS = ("measure", "channel", "queue")


class WorkerMetrics:
    """Everything the worker counts, in a registry of its own."""

    def __init__(self, config: Config, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.newest: dict[tuple[str, str], int] = {}
        """When the newest event of each (channel, account) happened, in ms.

        Accounts that no queue lists are `unrouted` together: their names may be
        anything, a phone number too (semantics 4.7), and any number of them.
        """
        self.verdicts = Counter(
            "replyclock_verdicts",
            "Cycles decided, each once, breached at the deadline.",
            (*LABELS, "verdict"),
            registry=registry,
        )
        self.retractions = Counter(
            "replyclock_retractions",
            "Verdicts taken back: verdicts minus retractions is the exact number.",
            (*LABELS, "verdict"),
            registry=registry,
        )
        self.replies = Histogram(
            "replyclock_reply_seconds",
            "Wall-clock wait of the customer until the awaited reply.",
            LABELS,
            buckets=WAITS,
            registry=registry,
        )
        self.business = Histogram(
            "replyclock_reply_business_seconds",
            "Open time in the customer's wait until the awaited reply.",
            LABELS,
            buckets=WAITS,
            registry=registry,
        )
        self.resolutions = Histogram(
            "replyclock_resolution_seconds",
            "Wall-clock time from a session's start to its resolution.",
            LABELS[1:],
            buckets=WAITS,
            registry=registry,
        )
        self.resolutions_business = Histogram(
            "replyclock_resolution_business_seconds",
            "Open time, without pauses, from a session's start to its resolution.",
            LABELS[1:],
            buckets=WAITS,
            registry=registry,
        )
        self.shadow_verdicts = Counter(
            "replyclock_shadow_verdicts",
            "Cycles decided by policies that are only tried; minus those taken back.",
            ("policy", "measure", "verdict", "change"),
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
        self.event_delay = Delays(
            "replyclock_event_delay_seconds",
            "From the arrival of an event at the intake to its being applied.",
            DELAYS,
            registry,
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
        self.clamped = Counter(
            "replyclock_events_clamped",
            "Events from the future, taken to have happened when they arrived.",
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
        self.take(config)

    def record(self, facts: Iterable[Fact]) -> None:
        """Move the counters by facts that are in Kafka now."""
        alike: collections.Counter[_Alike] = collections.Counter()
        for fact in facts:
            if fact.shadow:
                self._shadow(fact)
                continue
            measure, queue = fact.measure, fact.queue
            taken_from = fact.replaces_queue if fact.replaces else None
            alike[
                fact.kind,
                measure,
                fact.channel,
                queue,
                fact.replaces,
                taken_from,
                fact.reason,
            ] += 1
            if measure is not None and fact.kind in _MEASURED:
                self._observe(fact, (measure, fact.channel, queue))
        for alike_fact, count in alike.items():
            kind, measure, channel, queue, replaces, taken_from, reason = alike_fact
            superseded = reason is Reason.SUPERSEDED
            if measure is None:
                if kind is FactKind.SESSION_OPENED:
                    self.sessions.labels(channel, queue).inc(count)
                elif superseded or reason is Reason.SPAM:
                    self.withdrawn.labels(channel, queue).inc(count)
                continue
            if replaces:
                labels = (measure, channel, taken_from or queue, replaces)
                self.retractions.labels(*labels).inc(count)
            verdict = _VERDICTS.get(kind)
            if verdict and not superseded:
                self.verdicts.labels(measure, channel, queue, verdict).inc(count)

    def _observe(self, fact: Fact, labels: tuple[str, ...]) -> None:
        if fact.kind is FactKind.BREACHED:
            if fact.replaces is Verdict.BREACHED:
                return  # noticed before, for another
            delay = max(0, fact.noticed_at - fact.at) / 1000
            self.detection_delay.labels(labels[0]).observe(delay)
        elif fact.waited_ms is not None and fact.replaces is not Verdict.MET:
            wall, business = self.replies, self.business
            if fact.measure is Measure.RESOLUTION:
                wall, business, labels = (
                    self.resolutions,
                    self.resolutions_business,
                    labels[1:],
                )
            elif fact.measure is Measure.WINDOW:
                return
            wall.labels(*labels).observe(fact.waited_ms / 1000)
            open_ms = fact.waited_business_ms
            open_ms = fact.waited_ms if open_ms is None else open_ms
            business.labels(*labels).observe(open_ms / 1000)

    def _shadow(self, fact: Fact) -> None:
        labels = (fact.policy, fact.measure)
        verdict = _VERDICTS.get(fact.kind)
        if verdict and fact.reason is not Reason.SUPERSEDED:
            self.shadow_verdicts.labels(*labels, verdict, "given").inc()
        if fact.replaces:
            self.shadow_verdicts.labels(*labels, fact.replaces, "taken_back").inc()

    def saw(self, account: tuple[str, str], at: int) -> None:
        """An event of (channel, account) happened at `at`; only newer ones count."""
        if account not in self._listed:
            account = (account[0], UNROUTED)
        if at > self.newest.get(account, 0):
            self.newest[account] = at
            self.last_event.labels(*account).set(at / 1000)

    def take(self, config: Config) -> None:
        """Series of what the config can give rise to; those of before stay counted."""
        # A series born at 1 counts as no increase at all, and an absent one as no data.
        for measure, channel, queue in labels_of(config):
            for verdict in Verdict:
                self.verdicts.labels(measure, channel, queue, verdict.value)
                self.retractions.labels(measure, channel, queue, verdict.value)
            if measure in _REPLIES:
                self.replies.labels(measure, channel, queue)
                self.business.labels(measure, channel, queue)
            elif measure == Measure.RESOLUTION:
                self.resolutions.labels(channel, queue)
                self.resolutions_business.labels(channel, queue)
            self.sessions.labels(channel, queue)
            self.withdrawn.labels(channel, queue)
        for promised in measures_of(config):
            self.detection_delay.labels(promised.value)
        for reason in ("unreadable", "wrong_key", "too_late"):
            self.rejected.labels(reason)
        for channel in config.channels:
            self.late.labels(channel)
            self.clamped.labels(channel)
            self.duplicates.labels(channel)
        self.target.clear()
        rules = config.rules()
        self._listed = frozenset(rules.queues)
        for policy in rules.book.policies:
            for target in policy.targets:
                child = self.target.labels(policy.name, target.measure.value)
                child.set(target.within / 1000)


def measures_of(config: Config) -> list[Measure]:
    """The measures that some policy promises, in their order."""
    book = config.rules().book
    return [
        measure
        for measure in Measure
        if any(policy.target(measure) for policy in book.policies)
    ]


def labels_of(config: Config) -> list[tuple[str, str, str]]:
    """Every (measure, channel, queue) that the config can give rise to."""
    return [
        (measure.value, channel, queue)
        for measure, channel, queue in product(
            measures_of(config), config.channels, config.queue_names
        )
    ]
