"""Socket Mode: what people do comes in over a websocket that we open.

No address of ours need be reached from outside. Slack renews each connection after
some hours and says so before (`disconnect`): the next one is opened while the old one
still listens, so that no press falls between them.

    url ──▶ websocket ──▶ hello ──▶ envelope ──▶ taken ──▶ acknowledged
     ▲                        │
     └── a pause that grows ◀─┴─ ended, or refused

Not `slack_sdk`'s client: it keeps trying one address for ever, which is good for one
connection only (ADR 0021).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import structlog

from alerts.inbox.metrics import InboxMetrics
from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure

log = structlog.get_logger(__name__)

HEARTBEAT_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
FAREWELL_S = 30.0
"""So long a connection that was announced to end may still bring something."""

Take = Callable[[Mapping[str, Any]], Awaitable[str | None]]
"""A payload to the body of its acknowledgement (`alerts.inbox.inbox`)."""


class SocketMode:
    """Run `run()` in a task and cancel it. `slack` has the app-level token."""

    def __init__(self, slack: Slack, take: Take, metrics: InboxMetrics) -> None:
        self._slack = slack
        self._take = take
        self._metrics = metrics
        self._pause = 0.0
        self._complaint = ""

    async def run(self) -> None:
        """Keep one connection, until cancelled; what Slack does never raises here."""
        async with (
            aiohttp.ClientSession(trust_env=True) as session,
            asyncio.TaskGroup() as self._tasks,
        ):
            while True:
                await asyncio.sleep(self._pause)
                self._pause = min(max(FIRST_PAUSE_S, 2 * self._pause), LONGEST_PAUSE_S)
                is_ending = asyncio.Event()
                connection = self._connection(session, is_ending)
                connected = self._tasks.create_task(connection)
                announced = self._tasks.create_task(is_ending.wait())
                await asyncio.wait(
                    {connected, announced}, return_when=asyncio.FIRST_COMPLETED
                )
                announced.cancel()

    async def _connection(
        self, session: aiohttp.ClientSession, is_ending: asyncio.Event
    ) -> None:
        """One connection, from its address to its end."""
        try:
            url = await self._slack.socket_url()
            async with session.ws_connect(url, heartbeat=HEARTBEAT_S) as socket:
                self._metrics.connected(1)
                try:
                    await self._listen(socket, is_ending)
                finally:
                    self._metrics.connected(-1)
        except SlackFailure as failure:
            self._complain(failure.detail)
            self._pause = max(self._pause, failure.retry_after or 0)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            self._complain(type(error).__name__)  # its text may hold the address

    async def _listen(
        self, socket: aiohttp.ClientWebSocketResponse, is_ending: asyncio.Event
    ) -> None:
        async with _patience() as patience:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                said = _read(message.data)
                match said.get("type"):
                    case "hello":
                        self._pause, self._complaint = FIRST_PAUSE_S, ""
                        log.info("slack is connected, presses come in")
                    case "disconnect":
                        self._pause = 0
                        is_ending.set()
                        patience.reschedule(_now() + FAREWELL_S)
                    case _ if "envelope_id" in said:
                        self._tasks.create_task(self._answer(socket, said))
                    case _:
                        pass

    async def _answer(
        self, socket: aiohttp.ClientWebSocketResponse, envelope: Mapping[str, Any]
    ) -> None:
        answer: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if body := await self._take(envelope.get("payload") or {}):
            is_object = body.startswith("{")
            answer["payload"] = json.loads(body) if is_object else {"text": body}
        try:
            await socket.send_json(answer)
        except ConnectionError:
            log.info("slack was gone before it was answered, it asks again")

    def _complain(self, what: str) -> None:
        """Say it once, until it changes or passes."""
        if what != self._complaint:
            log.warning("slack does not connect, no press comes in", reason=what)
        self._complaint = what


def _read(text: str) -> dict[str, Any]:
    said = json.loads(text)
    if not isinstance(said, dict):
        raise ValueError("no object")  # noqa: TRY004  a value of Slack's
    return said


@asynccontextmanager
async def _patience() -> AsyncIterator[asyncio.Timeout]:
    """Leave when it is over; it has no end until one is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None) as limit:
            yield limit


def _now() -> float:
    return asyncio.get_running_loop().time()
