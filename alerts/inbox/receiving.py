"""By which way Slack reaches the inbox: HTTP, a websocket, both, or none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from aiohttp import web

from alerts.inbox.door import Door
from alerts.inbox.inbox import Inbox
from alerts.inbox.metrics import InboxMetrics
from alerts.inbox.socket_mode import SocketMode
from alerts.slack.client import Slack
from stream.process.settings import Settings

log = structlog.get_logger(__name__)


def doors(
    settings: Settings, inbox: Inbox, metrics: InboxMetrics
) -> list[web.RouteDef]:
    """`POST /slack/actions` where there is a signing secret."""
    secret = settings.slack_signing_secret
    if secret is None:
        return []
    return Door(inbox, secret.get_secret_value(), metrics).routes()


@asynccontextmanager
async def listening(
    settings: Settings, inbox: Inbox, metrics: InboxMetrics
) -> AsyncIterator[None]:
    """Keep a websocket, where there is an app token, until the context is left."""
    token = settings.slack_app_token
    if token is None:
        if settings.slack_signing_secret is None:
            log.info("no press comes in: neither app token nor signing secret is set")
        yield
        return
    async with Slack(token.get_secret_value(), settings.slack_api_url) as slack:
        task = asyncio.create_task(SocketMode(slack, inbox.take, metrics).run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
