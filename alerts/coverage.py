"""What of the facts this process reads: gauges computed at each scrape (contract 8).

The worker says the same of the events, in the same words, so one rule watches both: a
process that reads nothing has delivered all it knows of, and would look well.
"""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


class Coverage(Collector):
    """Of one topic with so many `partitions`; `owned` and `lag` ask the engine now."""

    def __init__(
        self,
        topic: str,
        partitions: int,
        owned: Callable[[], frozenset[int]],
        lag: Callable[[], Mapping[int, int]],
    ) -> None:
        self._topic = topic
        self._partitions = partitions
        self._owned = owned
        self._lag = lag

    def describe(self) -> list[Metric]:
        # An empty answer keeps the registry from calling collect() at registration.
        return []

    def collect(self) -> Iterator[Metric]:
        yield self._gauge("partitions", "Partitions of a topic.", self._partitions)
        yield self._gauge(
            "partitions_assigned",
            "Partitions that this process owns and has restored.",
            len(self._owned()),
        )
        yield self._gauge(
            "lag_records",
            "Records in the owned partitions that are not applied yet.",
            sum(self._lag().values()),
        )

    def _gauge(self, name: str, text: str, value: int) -> Metric:
        family = GaugeMetricFamily(f"replyclock_{name}", text, labels=("topic",))
        family.add_metric((self._topic,), value)
        return family
