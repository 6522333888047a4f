"""All sinks, each by the place that the ledger has of it (`Receiver.place`).

A place says what is there: `webhook:DESK`, or a Slack channel. So what was told is
ended where it was told, whatever the rules file says by then.
"""

from collections.abc import AsyncIterator, Callable
from typing import Self

from alerts.alert import Alert
from alerts.customer import Shown
from alerts.failure import FailureReason, SinkFailure
from alerts.sinks.alertmanager import Alertmanager
from alerts.sinks.one_way import OneWay
from alerts.sinks.request import SECONDS, new_session
from alerts.sinks.sink import OtherSink, Sink
from alerts.sinks.slack import SlackSink
from alerts.sinks.webhook import Webhook
from alerts.slack.client import Posted
from stream.config.sinks import kind_of_place
from stream.process.sinks import UnsetError, WrongSinkError, access


class Sinks:
    """Use as an async context manager. `shown` says who an alert's customer is."""

    def __init__(
        self,
        slack: SlackSink,
        *,
        shown: Callable[[Alert], Shown],
        now: Callable[[], int],
        seconds: float = SECONDS,
    ) -> None:
        self._slack = slack
        self._shown = shown
        self._now = now
        self._seconds = seconds
        self._made: dict[str, OtherSink] = {}

    async def __aenter__(self) -> Self:
        self._session = new_session(self._seconds)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    def of(self, place: str) -> Sink:
        """The sink at `place`; raises `SinkFailure` where its secrets are not set."""
        return self._slack if kind_of_place(place) == "slack" else self.other(place)

    def other(self, place: str) -> OtherSink:
        """The one at `place`, which is not Slack's; raises as `of` does."""
        if place not in self._made:
            self._made[place] = self._make(place)
        return self._made[place]

    def alertmanager(self, place: str) -> Alertmanager | None:
        """The sink at `place` where that is an Alertmanager; raises as `of` does."""
        if kind_of_place(place) != "alertmanager":
            return None
        sink = self.other(place)
        assert isinstance(sink, Alertmanager)
        return sink

    async def link(self, place: str, ts: str) -> str | None:
        """Of a message, where it has an address that is known."""
        if kind_of_place(place) != "slack":
            return None
        return await self._slack.link(place, ts)

    async def lists_of(
        self, place: str, since: float
    ) -> AsyncIterator[tuple[str, Posted]]:
        """Messages about many there, posted after `since` (seconds), by key."""
        if kind_of_place(place) == "slack":
            async for each in self._slack.lists_of(place, since):
                yield each

    def _make(self, place: str) -> OtherSink:
        try:
            way = access(place)
        except (UnsetError, WrongSinkError) as error:
            raise SinkFailure(FailureReason.TOKEN, str(error)) from None
        match kind_of_place(place):
            case "webhook":
                return Webhook(way, self._session, shown=self._shown, now=self._now)
            case "alertmanager":
                return Alertmanager(
                    way, self._session, shown=self._shown, now=self._now
                )
            case _:
                return OneWay(way, now=self._now, seconds=self._seconds)
