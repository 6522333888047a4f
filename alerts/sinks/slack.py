"""Slack as a sink: the one whose messages are found again, edited and answered."""

from collections.abc import AsyncIterator

import structlog

from alerts.destination import Destination
from alerts.failure import FailureReason, SinkFailure
from alerts.sinks.sink import Saying
from alerts.slack.blocks import Message
from alerts.slack.client import Posted, Slack

log = structlog.get_logger(__name__)


class SlackSink:
    """All channels of one bot."""

    cannot_look = False

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def post(self, where: Destination, saying: Saying) -> str:
        return await self._slack.post(
            where.channel, saying.message, saying.key, saying.revision, where.thread
        )

    async def edit(self, where: Destination, ts: str, saying: Saying) -> None:
        message, revision = saying.message, saying.revision
        await self._slack.edit(where.channel, ts, message, saying.key, revision)

    async def find(self, where: Destination, key: str, since: float) -> Posted | None:
        return await self._slack.find(where.channel, key, since, where.thread)

    async def put_right(
        self, where: Destination, ts: str, saying: Saying, since: float
    ) -> None:
        found = self._slack.messages_of(where.channel, saying.key, since, where.thread)
        async for other in found:
            if other.ts == ts or other.revision == saying.revision:
                continue
            try:
                await self.edit(where, other.ts, saying)
            except SinkFailure as failure:
                if failure.reason is not FailureReason.GONE:
                    raise
            else:
                log.warning("a second message was put right", key=saying.key)

    async def say(self, place: str, message: Message, key: str) -> None:
        await self._slack.post(place, message, key, "")

    def lists_of(self, channel: str, since: float) -> AsyncIterator[tuple[str, Posted]]:
        """Messages about many, posted after `since` (seconds), with their keys."""
        return self._slack.lists_of(channel, since)

    async def link(self, channel: str, ts: str) -> str | None:
        """The message's address, where it is known."""
        return await self._slack.link(channel, ts)
