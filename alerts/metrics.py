"""Every metric of the alerts process, declared once (contract 8)."""

from collections.abc import Iterable
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from alerts.alert import AlertState
from alerts.backlog import Backlog
from alerts.entry import SUPPRESSED, Entry, Rest
from alerts.failure import FailureReason
from alerts.notice import is_return, parts_of
from alerts.presses.metrics import PressMetrics
from alerts.storms.listing import Cause
from alerts.storms.metrics import StormMetrics
from stream.channels.contact import Unopened
from stream.sla.facts import FactKind

DELAY_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 900)

POSTED, FOUND, EDITED, GONE = "posted", "found", "edited", "gone"
RETURNED = "returned"
"""The kind of a call for what somebody had for long enough."""
RESULTS: dict[StrEnum | str, tuple[str, ...]] = {
    AlertState.WARNED: (POSTED, FOUND, EDITED, GONE, Rest.OVER.value),
    AlertState.MET: (EDITED, GONE, Rest.OVER.value),
    AlertState.BREACHED: (POSTED, FOUND, EDITED, GONE, Rest.JOINED.value),
    FactKind.ESCALATED: (POSTED, FOUND),
    RETURNED: (POSTED, FOUND),
    AlertState.ANSWERED: (EDITED, GONE, Rest.OVER.value, Rest.STALE.value),
    AlertState.ENDED: (EDITED, GONE, Rest.OVER.value, Rest.STALE.value),
    AlertState.CANCELLED: (EDITED, GONE, Rest.OVER.value),
    AlertState.RETRACTED: (EDITED, GONE, Rest.OVER.value),
    **dict.fromkeys(Cause, (POSTED, FOUND, EDITED, GONE, Rest.OVER.value)),
    Cause.LOST: (EDITED, GONE),
}
"""What may become of an alert in each state; every message is `posted` or `found`
once. `found`: posted, and only recognised afterwards in the channel. `joined`: told as
a line of an open message of the conversation."""


def kind_of(entry: Entry) -> str:
    """The label `kind` of a notice that is posted."""
    if is_return(parts_of(entry.key)[1]):
        return RETURNED
    cause = entry.cause
    return FactKind.BREACHED if cause is None else cause.kind


class Metrics:
    """One process's metrics in a registry of its own, zero for every receiver."""

    def __init__(self, receivers: Iterable[str]) -> None:
        self.registry = CollectorRegistry()
        self._alerts = Counter(
            "replyclock_alerts",
            "Alerts by the state that they told, and what became of it.",
            ("receiver", "kind", "result"),
            registry=self.registry,
        )
        self._failures = Counter(
            "replyclock_alert_failures",
            "Requests to sinks that did not do what was asked, by reason.",
            ("receiver", "reason"),
            registry=self.registry,
        )
        self._delay = Histogram(
            "replyclock_alert_delay_seconds",
            "From the instant of the fact that is told until Slack took the message.",
            ("receiver",),
            buckets=DELAY_BUCKETS,
            registry=self.registry,
        )
        self._pending = Gauge(
            "replyclock_alerts_pending",
            "Alerts that Slack does not show yet as they are; the same everywhere.",
            registry=self.registry,
        )
        self._oldest = Gauge(
            "replyclock_alerts_oldest_pending_timestamp_seconds",
            "Since when the longest pending alert waits; 0: none does.",
            registry=self.registry,
        )
        self._facts = Counter(
            "replyclock_facts",
            "Facts read from the topic.",
            ("kind",),
            registry=self.registry,
        )
        self._unreadable = Gauge(
            "replyclock_alerts_unreadable",
            "Entries of the ledger that this version cannot read; their alerts wait.",
            registry=self.registry,
        )
        self._suppressed = Counter(
            "replyclock_alerts_suppressed",
            "Alerts, warnings and escalations without a message of their own, by why.",
            ("receiver", "reason"),
            registry=self.registry,
        )
        self._summaries = Counter(
            "replyclock_alert_summaries",
            "Messages that sum up breaches which were over when they were noticed.",
            ("receiver",),
            registry=self.registry,
        )
        self._digests = Counter(
            "replyclock_digests",
            "Digests told.",
            ("receiver",),
            registry=self.registry,
        )
        self._fallbacks = Counter(
            "replyclock_alert_fallbacks",
            "Notices that another receiver was told, too: the sink refused them.",
            ("receiver",),
            registry=self.registry,
        )
        self._rejected = Counter(
            "replyclock_facts_rejected",
            "Records of the facts topic that are no facts.",
            registry=self.registry,
        )
        self._unopened = Counter(
            "replyclock_contacts_unopened",
            "Messages that could not say who the customer is, by reason.",
            ("reason",),
            registry=self.registry,
        )
        self.presses = PressMetrics(self.registry)
        self.storms = StormMetrics(self.registry)
        for reason in Unopened:
            self._unopened.labels(reason)
        self.take(receivers)
        for kind in FactKind:
            self._facts.labels(kind)

    def take(self, receivers: Iterable[str]) -> None:
        """Have every receiver's series at 0 at least."""
        for receiver in receivers:
            self._initialise(receiver)

    def _initialise(self, receiver: str) -> None:
        self._delay.labels(receiver)
        self._summaries.labels(receiver)
        self._digests.labels(receiver)
        self._fallbacks.labels(receiver)
        for state, results in RESULTS.items():
            for result in results:
                self._alerts.labels(receiver, state, result)
        for reason in FailureReason:
            self._failures.labels(receiver, reason)
        for why in (*({*Cause} - {Cause.LOST}), *SUPPRESSED):
            self._suppressed.labels(receiver, why)

    def posted(self, receiver: str, kind: str, delay_ms: int | None) -> None:
        """`delay_ms` is None of what was held back on purpose."""
        self._alerts.labels(receiver, kind, POSTED).inc()
        if delay_ms is not None:
            self._delay.labels(receiver).observe(delay_ms / 1000)

    def told(self, receiver: str, kind: str, result: str) -> None:
        self._alerts.labels(receiver, kind, result).inc()

    def failed(self, receiver: str, reason: FailureReason) -> None:
        self._failures.labels(receiver, reason).inc()

    def unreadable(self, count: int) -> None:
        self._unreadable.set(count)

    def fell_back(self, receiver: str) -> None:
        self._fallbacks.labels(receiver).inc()

    def suppressed(self, receiver: str, reason: str, count: int) -> None:
        self._suppressed.labels(receiver, reason).inc(count)

    def summed_up(self, receiver: str) -> None:
        self._summaries.labels(receiver).inc()

    def digest_told(self, receiver: str) -> None:
        self._digests.labels(receiver).inc()

    def unopened(self, reason: Unopened) -> None:
        self._unopened.labels(reason).inc()

    def read(self, kind: FactKind) -> None:
        self._facts.labels(kind).inc()

    def rejected(self) -> None:
        self._rejected.inc()

    def show(self, backlog: Backlog) -> None:
        """Set what is counted at scrape."""
        self._pending.set(backlog.count)
        self._oldest.set(0 if backlog.since is None else backlog.since / 1000)
