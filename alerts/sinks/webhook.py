"""A webhook of yours: told how each alert is now, signed (Standard Webhooks).

Its `webhook-id` is the notice and the revision, the same for every repetition.
"""

from collections.abc import Callable

import aiohttp

from alerts.alert import Alert
from alerts.customer import Shown
from alerts.destination import Destination
from alerts.failure import FailureReason, SinkFailure
from alerts.sinks.request import ask
from alerts.sinks.signature import headers
from alerts.sinks.sink import Saying, instant, tested
from alerts.sinks.webhook_body import AlertBody, TextBody, alert_body, text_body, whole
from alerts.slack.blocks import Message
from alerts.slack.client import Posted
from stream.process.sinks import Access

_AWAY = {
    FailureReason.NETWORK,
    FailureReason.TIMEOUT,
    FailureReason.SERVER,
    FailureReason.REDIRECT,
}


class Webhook:
    """`shown` says who the customer is, as far as the rules file allows."""

    cannot_look = True

    def __init__(
        self,
        access: Access,
        session: aiohttp.ClientSession,
        *,
        shown: Callable[[Alert], Shown],
        now: Callable[[], int],
    ) -> None:
        self._access = access
        self._session = session
        self._shown = shown
        self._now = now

    async def post(self, where: Destination, saying: Saying) -> str:
        del where
        body = alert_body(saying, self._shown(saying.alert))
        await self._send(f"{saying.key}-{saying.revision}", body)
        return instant(self._now())

    async def edit(self, where: Destination, ts: str, saying: Saying) -> None:
        del ts
        await self.post(where, saying)

    async def find(self, where: Destination, key: str, since: float) -> Posted | None:
        """As if it were there, so that what is so is told again."""
        del where, key, since
        return Posted(instant(self._now()), "")

    async def put_right(
        self, where: Destination, ts: str, saying: Saying, since: float
    ) -> None:
        """One key is one thing there."""

    async def say(self, place: str, message: Message, key: str) -> None:
        del place
        await self._send(key, text_body(key, whole(message), self._now()))

    async def look(self) -> None:
        try:
            await ask(self._session, "HEAD", self._access.url)
        except SinkFailure as failure:
            if failure.reason not in _AWAY:
                return  # it is there, and takes a POST only
            raise

    async def test(self, by: str, *, is_over: bool) -> None:
        text = "The test is over." if is_over else tested(by)
        key = f"test-{self._now()}"
        await self._send(key, text_body(key, text, self._now()))

    async def _send(self, ident: str, body: AlertBody | TextBody) -> None:
        content = body.model_dump_json(exclude_none=True).encode()
        signed = headers(ident, content, self._access.secrets, now=self._now())
        url = self._access.url
        await ask(self._session, "POST", url, body=content, headers=signed)
