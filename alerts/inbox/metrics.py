"""What comes in from Slack, counted."""

from prometheus_client import CollectorRegistry, Counter, Gauge

TAKEN, UNSIGNED, UNREADABLE, UNKNOWN = "taken", "unsigned", "unreadable", "unknown"


class InboxMetrics:
    """Zero from the start, in the registry of the process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "replyclock_slack_requests",
            "What Slack brought of what people did, by what became of it.",
            ("result",),
            registry=registry,
        )
        self._connections = Gauge(
            "replyclock_slack_connections",
            "Websockets of Socket Mode that are open; by HTTP it stays 0.",
            registry=registry,
        )
        for result in (TAKEN, UNSIGNED, UNREADABLE, UNKNOWN):
            self._requests.labels(result)

    def came(self, result: str) -> None:
        self._requests.labels(result).inc()

    def connected(self, more: int) -> None:
        self._connections.inc(more)
