"""What people do with alerts, wired: presses from Slack, and over HTTP."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

from alerts.acks import Acks
from alerts.alert import Alert
from alerts.customer import Shown
from alerts.delivery import wall_ms
from alerts.desk import LedgerDesk
from alerts.inbox.inbox import Inbox
from alerts.inbox.metrics import InboxMetrics
from alerts.inbox.receiving import doors, listening
from alerts.ledger import Ledger
from alerts.metrics import Metrics
from alerts.presses.permission import Permission
from alerts.pressing import Presses
from alerts.slack.client import Slack
from alerts.slack.groups import Groups
from alerts.storms.listing import key_of_list
from alerts.storms.lists import Lists
from stream.config import Config
from stream.kafka.events_topic import EventsTopic
from stream.process.settings import Settings


class Acting:
    """`wake` is told which keys a press changed."""

    def __init__(
        self,
        settings: Settings,
        config: Config,
        *,
        ledger: Ledger,
        lists: Lists,
        slack: Slack,
        metrics: Metrics,
        shown: Callable[[Alert], Shown],
        wake: Callable[[Iterable[str]], None],
    ) -> None:
        self._settings = settings
        self._events = EventsTopic(
            broker=settings.kafka,
            name=settings.events_topic,
            partitions=settings.partitions,
            client_id="replyclock-alerts",
        )
        groups = Groups(slack.members, wall_ms)
        self._presses = Presses(
            ledger=ledger,
            permission=Permission(config.alerts.may_act, groups),
            events=self._events,
            counts=metrics.presses,
            wake=wake,
            config=config.alerts,
            now=wall_ms,
            covered=lambda name: lists.covered(key_of_list(name)),
        )
        self._acks = Acks(settings.senders(), self._presses.press, wall_ms)
        self._desk = LedgerDesk(ledger, config, shown)
        self._metrics = InboxMetrics(metrics.registry)
        self._inbox = Inbox(
            slack=slack,
            press=self._presses.press,
            desk=self._desk,
            metrics=self._metrics,
            now=wall_ms,
        )

    def take(self, config: Config) -> None:
        """The rules, from now on."""
        self._presses.take(config.alerts)
        self._desk.take(config)

    def routes(self) -> list[web.RouteDef]:
        """For the alerts port."""
        slack = doors(self._settings, self._inbox, self._metrics)
        return [*self._acks.routes(), *slack]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hear what is pressed until the context is left."""
        async with (
            self._events,
            listening(self._settings, self._inbox, self._metrics),
        ):
            yield
