"""What intake counts; served on its event loop, beside the door."""

from collections.abc import Awaitable, Iterable, Mapping
from http import HTTPStatus
from time import perf_counter
from typing import NamedTuple

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
)

from stream.channels.sources import REASONS
from stream.intake.connections import REASONS as CLOSED
from stream.intake.spool import Spool
from stream.process.meta_apps import MetaApp
from stream.sla.events import Event

POSTS = "events"
"""The source of what is posted: not a channel's webhook."""
_CODES = (200, 400, 401, 404, 408, 413, 500, 503)
_CODES_OF_POSTS = (200, 207, 400, 401, 408, 413, 415, 422, 500, 503)
_KINDS = ("message", "delivery", "assignment")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Signed(NamedTuple):
    """Which secret signed a webhook: an app's, and its place in the list, from 1."""

    app: str
    secret: int


class IntakeMetrics:
    """Own registry, so that two intakes in one process do not meet.

    Every series exists from the start: `rate()` sees the first failure.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._webhooks = Counter(
            "replyclock_webhooks_total",
            "Webhooks answered, by source and HTTP status.",
            ("source", "code"),
            registry=self.registry,
        )
        self._signed = Counter(
            "replyclock_webhooks_signed_total",
            "Webhooks with a good signature, by app and place of its secret.",
            ("source", "app", "secret"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "replyclock_webhook_seconds",
            "From a webhook's headers to its answer; Meta waits 5 s.",
            ("source",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._accepted = Counter(
            "replyclock_events_accepted_total",
            "Events of webhooks answered 200: Kafka has them, or the spool.",
            ("channel", "kind"),
            registry=self.registry,
        )
        self._ignored = Counter(
            "replyclock_webhook_parts_ignored_total",
            "Parts of well-signed webhooks that give no event, by reason.",
            ("source", "reason"),
            registry=self.registry,
        )
        self._posted = Counter(
            "replyclock_posted_events_total",
            "Events that were posted, by who sent them and what became of them.",
            ("sender", "result"),
            registry=self.registry,
        )
        self._closed = Counter(
            "replyclock_connections_closed_total",
            "Connections that intake closed itself, by reason.",
            ("reason",),
            registry=self.registry,
        )
        self._spooled = Counter(
            "replyclock_spooled_total",
            "Webhooks kept in the spool, because Kafka was away.",
            registry=self.registry,
        )
        self._spool_refused = Counter(
            "replyclock_spool_refused_total",
            "Webhooks that neither Kafka nor the spool took.",
            registry=self.registry,
        )
        self._set_aside = Counter(
            "replyclock_spool_set_aside_total",
            "Records and files of the spool that are damaged, and kept apart.",
            registry=self.registry,
        )
        self._spool_records = Gauge(
            "replyclock_spool_records",
            "Webhooks that wait in the spool for Kafka.",
            registry=self.registry,
        )
        self._spool_bytes = Gauge(
            "replyclock_spool_bytes",
            "How much of the spool is used.",
            registry=self.registry,
        )
        self._spool_max_bytes = Gauge(
            "replyclock_spool_max_bytes",
            "How much it may hold; 0: there is no spool.",
            registry=self.registry,
        )
        self._spool_oldest = Gauge(
            "replyclock_spool_oldest_timestamp_seconds",
            "Since when the first of them waits; 0 when none does.",
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        for reason in CLOSED:
            self._closed.labels(reason)
        for source, reasons in REASONS.items():
            self._seconds.labels(source)
            for code in _CODES:
                self._webhooks.labels(source, str(code))
            for kind in _KINDS:
                self._accepted.labels(source, kind)
            for reason in reasons:
                self._ignored.labels(source, reason)

    def expect_apps(self, source: str, apps: Iterable[MetaApp]) -> None:
        """Show a series for each secret of `apps`, too, from the start."""
        for app in apps:
            for place, _ in enumerate(app.app_secrets, start=1):
                self._signed.labels(source, app.name, str(place))

    def signed(self, source: str, by: Signed) -> None:
        self._signed.labels(source, by.app, str(by.secret)).inc()

    def expect_posts(self, senders: Iterable[str]) -> None:
        """Show those series, too, from the start."""
        self._seconds.labels(POSTS)
        for code in _CODES_OF_POSTS:
            self._webhooks.labels(POSTS, str(code))
        for sender in senders:
            self.posted(sender, 0, 0)

    def posted(self, sender: str, accepted: int, refused: int) -> None:
        self._posted.labels(sender, "accepted").inc(accepted)
        self._posted.labels(sender, "refused").inc(refused)

    async def timed(self, source: str, answer: Awaitable[web.Response]) -> web.Response:
        """The answer, counted, and how long it took."""
        began_at = perf_counter()
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            response = await answer
            status = HTTPStatus(response.status)
            return response
        finally:
            self.answered(source, status, perf_counter() - began_at)

    def answered(self, source: str, code: int, seconds: float) -> None:
        self._webhooks.labels(source, str(code)).inc()
        self._seconds.labels(source).observe(seconds)

    def accepted(self, events: Iterable[Event]) -> None:
        for event in events:
            kind = event.__struct_config__.tag
            self._accepted.labels(event.channel, kind).inc()

    def ignored(self, source: str, ignored: Mapping[str, int]) -> None:
        for reason, count in ignored.items():
            self._ignored.labels(source, reason).inc(count)

    def watch(self, spool: Spool) -> None:
        """What waits there is counted at each scrape."""
        self._spool_max_bytes.set(spool.most_bytes)
        self._spool_records.set_function(lambda: spool.waiting)
        self._spool_bytes.set_function(lambda: spool.used_bytes)
        self._spool_oldest.set_function(lambda: spool.oldest_at or 0)

    def spooled(self) -> None:
        self._spooled.inc()

    def spool_refused(self) -> None:
        self._spool_refused.inc()

    def set_aside(self) -> None:
        self._set_aside.inc()

    def closed(self, reason: str) -> None:
        self._closed.labels(reason).inc()
