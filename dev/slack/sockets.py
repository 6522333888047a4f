"""Socket Mode: websockets that carry what people do to the app.

As docs.slack.dev, apis/events-api/using-socket-mode says: a URL from
`apps.connections.open` is good for one connection; `hello` comes first; each envelope
is acknowledged by its id; one of several connections gets it; `disconnect` announces
that a connection ends (`warning` some seconds before, `refresh_requested` now). What
is not acknowledged is sent again, over whatever connection there is then.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

HELLO = {
    "type": "hello",
    "num_connections": 1,
    "connection_info": {"app_id": "A0REPLYCLOCK"},
    "debug_info": {"host": "stand-in", "approximate_connection_time": 18060},
}


@dataclass(slots=True)
class Sockets:
    """The connections of the app, newest last."""

    _tickets: set[str] = field(default_factory=set)
    _connected: list[web.WebSocketResponse] = field(default_factory=list)
    _answers: dict[str, "asyncio.Future[dict[str, Any]]"] = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def count(self) -> int:
        return len(self._connected)

    def ticket(self) -> str:
        """What a new connection shows, once."""
        ticket = uuid4().hex
        self._tickets.add(ticket)
        return ticket

    def use(self, ticket: str) -> None:
        """Take the ticket; raises `HTTPNotFound`: there is none, or it was used."""
        if ticket not in self._tickets:
            raise web.HTTPNotFound(text="no such ticket, or used")
        self._tickets.remove(ticket)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=10)
        await socket.prepare(request)
        self._connected.append(socket)
        await socket.send_json({**HELLO, "num_connections": self.count})
        self._arrived.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._drop(socket)
        return socket

    def _drop(self, socket: web.WebSocketResponse) -> None:
        """Nothing is sent over it any more."""
        if socket in self._connected:
            self._connected.remove(socket)
        if not self._connected:
            self._arrived.clear()

    def _acknowledge(self, text: str) -> None:
        said = json.loads(text)
        answer = self._answers.get(said.get("envelope_id"))
        if answer is not None and not answer.done():
            answer.set_result(said.get("payload") or {})

    async def send(
        self, kind: str, payload: dict[str, Any], attempt: int, envelope_id: str
    ) -> dict[str, Any]:
        """The payload of the acknowledgement; waits for a connection, too.

        The caller sets the limit; the same `envelope_id` at every attempt.
        """
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": True,
            "payload": payload,
        }
        if attempt:
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout"}
        answer: asyncio.Future[dict[str, Any]]
        answer = asyncio.get_running_loop().create_future()
        self._answers[envelope_id] = answer
        try:
            await self._send(envelope)
            return await answer
        finally:
            self._answers.pop(envelope_id, None)

    async def _send(self, envelope: dict[str, Any]) -> None:
        while True:
            await self._arrived.wait()
            socket = self._connected[-1]
            try:
                return await socket.send_json(envelope)
            except ConnectionError:
                self._drop(socket)  # it is closing

    async def disconnect(self, reason: str) -> None:
        """Say that every connection ends; close it unless this is only a warning."""
        for socket in list(self._connected):
            await socket.send_json(
                {
                    "type": "disconnect",
                    "reason": reason,
                    "debug_info": {"host": "stand-in"},
                }
            )
            if reason != "warning":
                self._drop(socket)
                await socket.close()
