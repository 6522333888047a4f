"""`POST /slack/actions`: what people do in Slack, over HTTP, signed by Slack.

Signatures as docs.slack.dev, authentication/verifying-requests-from-slack says: v0,
over the body and an instant that is at most five minutes away.
"""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from alerts.inbox.inbox import Inbox
from alerts.inbox.metrics import UNREADABLE, UNSIGNED, InboxMetrics

PATH = "/slack/actions"


class Door:
    """Unsigned or old: 401. Signed, but nothing that Slack sends: 400."""

    def __init__(self, inbox: Inbox, secret: str, metrics: InboxMetrics) -> None:
        self._inbox = inbox
        self._verifier = SignatureVerifier(secret)
        self._metrics = metrics

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self._is_signed(body, request):
            self._metrics.came(UNSIGNED)
            return web.Response(status=401, text="not signed by Slack, or too old\n")
        try:
            payload = _payload(body)
        except ValueError:
            self._metrics.came(UNREADABLE)
            return web.Response(status=400, text="not what Slack sends\n")
        answer = await self._inbox.take(payload)
        if answer is None:
            return web.Response(status=400, text="not known here\n")
        kind = "application/json" if answer.startswith("{") else "text/plain"
        return web.Response(text=answer, content_type=kind)

    def _is_signed(self, body: bytes, request: web.Request) -> bool:
        try:
            return self._verifier.is_valid_request(body, dict(request.headers))
        except (ValueError, TypeError):
            return False  # an instant that is no number; what is no text, or no ASCII


def _payload(body: bytes) -> dict[str, Any]:
    """Of an interaction the JSON in its form, of a command the form itself."""
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    payload = json.loads(form["payload"]) if "payload" in form else form
    if not isinstance(payload, dict):
        raise ValueError("no object")  # noqa: TRY004  a value of somebody else's
    return payload
