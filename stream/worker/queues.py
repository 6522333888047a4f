"""What the config says of each queue, beside its figures: team, objective, hours.

At each scrape, so that a queue that left the file leaves nothing behind.
"""

from collections.abc import Callable, Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.config import Config
from stream.config.model import Queue
from stream.config.objectives import objective_of
from stream.sla.hours import ALWAYS


class Queues(Collector):
    """`now`: milliseconds of wall time."""

    def __init__(self, config: Config, now: Callable[[], int]) -> None:
        self._now = now
        self.take(config)

    def take(self, config: Config) -> None:
        """The queues and policies of this config from now on."""
        self._config = config

    def describe(self) -> list[Metric]:
        # An empty answer keeps the registry from calling collect() at registration.
        return []

    def collect(self) -> Iterator[Metric]:
        config, now = self._config, self._now()
        rules = config.rules()
        info = _gauge("queue_info", "Whose a queue is; always 1.", "queue", "team")
        ratio = _gauge(
            "queue_objective_ratio",
            "The share of a queue's promises that is to be kept.",
            "queue",
        )
        is_open = _gauge("queue_open", "Whether a queue's calendar is open.", "queue")
        for queue in config.queue_names:
            known = config.queues.get(queue, Queue())
            calendar = rules.calendar(known.calendar or ALWAYS)
            info.add_metric((queue, known.team or ""), 1)
            ratio.add_metric((queue,), objective_of(queue, config))
            is_open.add_metric((queue,), int(calendar.is_open(now)))
        of_policy = _gauge(
            "objective_ratio",
            "The share of a policy's promises that is to be kept.",
            "policy",
        )
        for policy in config.policies:
            of_policy.add_metric((policy.name,), policy.objective)
        yield from (info, ratio, is_open, of_policy)


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"replyclock_{name}", text, labels=labels)
