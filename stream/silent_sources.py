"""Silent sources: told at each scrape, by what this worker has heard (semantics 3.6).

A worker hears its own partitions only, so the least of all workers' answers holds.
"""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.config import Config
from stream.sla.hours import ALWAYS
from stream.sla.silence import is_silent

Account = tuple[str, str]
"""Channel and account."""


class SilentSources(Collector):
    """One gauge for each account that the config names or that was heard.

    Args:
        heard: when the newest event of each account happened, in milliseconds. One
            that was never heard counts from the start of this process.
        now: milliseconds of wall time.
    """

    def __init__(
        self, heard: Mapping[Account, int], config: Config, now: Callable[[], int]
    ) -> None:
        self._heard = heard
        self._now = now
        self._began = now()
        self.take(config)

    def take(self, config: Config) -> None:
        """The accounts, calendars and patience of this config from now on."""
        self._rules = config.rules()
        self._after = config.silence_after

    def describe(self) -> list[Metric]:
        # An empty answer keeps the registry from calling collect() at registration.
        return []

    def collect(self) -> Iterator[Metric]:
        silent = GaugeMetricFamily(
            "replyclock_source_silent",
            "Whether an account had no event for silence_after of open time.",
            labels=("channel", "account", "queue"),
        )
        now = self._now()
        for account in sorted({*self._rules.queues, *list(self._heard)}):
            queue = self._rules.queue_of(*account)
            name = self._rules.queue_calendars.get(queue, ALWAYS)
            # Whose clock is ahead is not heard for longer than the others.
            heard_at = min(self._heard.get(account, self._began), now)
            calendar = self._rules.calendar(name)
            stale = is_silent(heard_at, now, calendar, self._after)
            silent.add_metric((*account, queue), int(stale))
        yield silent
