"""How much of the facts the process reads, as of the scrape."""

from prometheus_client import CollectorRegistry

from alerts.coverage import Coverage


def test_what_is_owned_and_waits_at_the_scrape() -> None:
    """Partitions that come and go, and what waits in them, are counted when asked."""
    owned, lag = {0, 1}, {0: 3, 1: 4}
    registry = CollectorRegistry()
    registry.register(Coverage("sla.facts", 4, lambda: frozenset(owned), lambda: lag))

    def shown() -> list[float | None]:
        topic = {"topic": "sla.facts"}
        names = ("partitions", "partitions_assigned", "lag_records")
        read = registry.get_sample_value
        return [read(f"replyclock_{name}", topic) for name in names]

    assert shown() == [4, 2, 7]
    owned.clear()
    lag.clear()
    assert shown() == [4, 0, 0]
