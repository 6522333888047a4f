"""How what people do reaches the app: signed HTTP requests, or a websocket.

Slack wants an answer within three seconds. A repetition says so in headers, as
docs.slack.dev, apis/events-api documents it of events. Of interactive payloads it says
only that the person is shown a failure; a stand-in that repeats those, too, is
stricter, and the person's second press is no different.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
from slack_sdk.signature import SignatureVerifier

from dev.slack.sockets import Sockets

SIGNING_SECRET = "stand-in-signing-secret"  # noqa: S105  nobody's: the stand-in's own
ATTEMPTS = 3
PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one thing that somebody did. `answers`: one each attempt."""

    kind: str
    transport: str
    payload: dict[str, Any]
    answers: list[str]
    took_ms: int
    """Of the last attempt."""
    ok: bool
    body: dict[str, Any]
    """Of the answer."""


@dataclass(slots=True)
class Courier:
    """`request_url` is where the app answers HTTP; None: Socket Mode is on."""

    sockets: Sockets
    request_url: str | None = None
    answers_lost: int = 0
    """So many of the next answers come too late, however early they are."""
    deliveries: list[Delivery] = field(default_factory=list)

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Delivery:
        """Bring it to the app, up to three times. `kind` is the envelope's type."""
        answers: list[str] = []
        body: dict[str, Any] = {}
        envelope_id, took = str(uuid4()), 0.0
        for attempt in range(ATTEMPTS):
            began = time.monotonic()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    if self.request_url is None:
                        send = self.sockets.send(kind, payload, attempt, envelope_id)
                        answer, body = "200", await send
                    else:
                        answer, body = await self._post(
                            self.request_url, kind, payload, attempt, answers
                        )
            except TimeoutError:
                answer = "http_timeout"
            except (aiohttp.ClientError, OSError):
                answer = "connection_failed"
            took = time.monotonic() - began
            if answer == "200" and self.answers_lost > 0:
                self.answers_lost, answer = self.answers_lost - 1, "http_timeout"
            answers.append(answer)
            if answer == "200":
                break
        delivery = Delivery(
            kind=kind,
            transport="socket" if self.request_url is None else "http",
            payload=payload,
            answers=answers,
            took_ms=round(took * 1000),
            ok=answers[-1] == "200",
            body=body,
        )
        self.deliveries.append(delivery)
        return delivery

    async def _post(
        self,
        url: str,
        kind: str,
        payload: dict[str, Any],
        attempt: int,
        answers: list[str],
    ) -> tuple[str, dict[str, Any]]:
        is_command = kind == "slash_commands"
        form = payload if is_command else {"payload": json.dumps(payload)}
        body, now = urlencode(form), str(int(time.time()))
        signer = SignatureVerifier(SIGNING_SECRET)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": str(
                signer.generate_signature(timestamp=now, body=body)
            ),
        }
        if attempt:
            headers["X-Slack-Retry-Num"] = str(attempt)
            headers["X-Slack-Retry-Reason"] = answers[-1]
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=headers) as response,
        ):
            text = await response.text()
            said = _object(text) if response.status == 200 else {}  # noqa: PLR2004  HTTP
            return str(response.status), said


def _object(text: str) -> dict[str, Any]:
    """A command may be answered in plain text, too."""
    try:
        said = json.loads(text or "{}")
    except ValueError:
        return {"text": text}
    return said if isinstance(said, dict) else {}
