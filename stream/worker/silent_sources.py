"""Silent sources: told at each scrape, by what this worker has heard (semantics 3.6).

A worker hears its own partitions only, so the least of all workers' answers holds.
"""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.config import Config
from stream.sla.hours import ALWAYS, DAY
from stream.sla.policy import UNROUTED
from stream.sla.silence import is_silent

Account = tuple[str, str]
"""Channel and account."""

FORGOTTEN_AFTER = DAY
"""Of what no queue lists nobody said that it would go on: it may have been a try."""


class SilentSources(Collector):
    """One gauge for each account that the config names, and `unrouted` for others.

    Args:
        heard: when the newest event of each account happened, in milliseconds. One
            that was never heard counts from when this process came to listen for it.
        now: milliseconds of wall time.
    """

    def __init__(
        self, heard: Mapping[Account, int], config: Config, now: Callable[[], int]
    ) -> None:
        self._heard = heard
        self._now = now
        self._began: Mapping[Account, int] = {}
        self.take(config)

    def take(self, config: Config) -> None:
        """The accounts, calendars and patience of this config from now on."""
        now = self._now()
        self._rules = config.rules()
        self._began = {at: self._began.get(at, now) for at in self._rules.queues}
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
        for account in sorted({*self._rules.queues, *self._others(now)}):
            queue = self._rules.queue_of(*account)
            name = self._rules.queue_calendars.get(queue, ALWAYS)
            # Whose clock is ahead is not heard for longer than the others.
            heard_at = min(self._heard.get(account) or self._began[account], now)
            calendar = self._rules.calendar(name)
            stale = is_silent(heard_at, now, calendar, self._after)
            silent.add_metric((*account, queue), int(stale))
        yield silent

    def _others(self, now: int) -> list[Account]:
        """Of what no queue lists: who was heard lately."""
        return [
            account
            for account, at in list(self._heard.items())
            if account[1] == UNROUTED and now - at < FORGOTTEN_AFTER
        ]
