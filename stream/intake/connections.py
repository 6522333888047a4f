"""How many connections the door holds, and how long a request's header may take.

aiohttp bounds what follows a header and the time between two requests. Half a header it
keeps for as long as an idle connection, and it counts nothing.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler

MOST = 400
"""Whatever they send, intake stays below the 512 MB that docker-compose.yml gives it
(measured), and far below the 1024 files that a process may have open by default."""
HEADER_SECONDS = 5.0
TOO_MANY = "too_many"
IDLE = "idle"
SLOW_HEADER = "slow_header"
REASONS = (TOO_MANY, IDLE, SLOW_HEADER)


class Connections:
    """Whoever comes while `most` are open takes the place of who was idle for longest.

    Idle: it has nothing to answer, and no byte of a request has come. Where none is,
    the newcomer is closed at once, and seen in a metric. Waiting in the backlog would
    be silent: the proxy would wait for an answer that does not come, where it could try
    another intake, and Meta comes again in any case.

    Args:
        closed: told why, for each connection that was closed here.
    """

    def __init__(
        self,
        closed: Callable[[str], None],
        *,
        most: int = MOST,
        header_seconds: float = HEADER_SECONDS,
    ) -> None:
        self.closed = closed
        self.header_seconds = header_seconds
        self._most = most
        self._open: dict[web.RequestHandler, _Connection] = {}
        self._idle: dict[_Connection, None] = {}
        """In the order in which they became so."""

    def watch(self, app: web.Application) -> None:
        """Before `app` serves: it is from the app that we know a header has ended."""
        app.middlewares.append(self._middleware)

    def over(self, server: web.Server) -> Callable[[], asyncio.Protocol]:
        """What `loop.create_server` wants, for the server of a runner of that app."""
        return lambda: _Connection(self, server())

    def enter(self, connection: "_Connection") -> bool:
        """Whether there is room for one more."""
        if len(self._open) >= self._most and not self._make_room():
            self.closed(TOO_MANY)
            return False
        self._open[connection.inner] = connection
        self._idle[connection] = None
        return True

    def _make_room(self) -> bool:
        longest = next(iter(self._idle), None)
        if longest is None:
            return False
        self.leave(longest)
        longest.cut(IDLE)
        return True

    def leave(self, connection: "_Connection") -> None:
        self._open.pop(connection.inner, None)
        self._idle.pop(connection, None)

    def is_idle(self, connection: "_Connection", *, idle: bool) -> None:
        """It waits for its next request, or does so no more."""
        if idle and connection.inner in self._open:
            self._idle[connection] = None
        else:
            self._idle.pop(connection, None)

    @web.middleware
    async def _middleware(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        connection = self._open.get(request.protocol)
        if connection is None:  # gone in the meantime
            return await handler(request)
        connection.begins(request)
        try:
            return await handler(request)
        finally:
            connection.ends()


class _Connection(asyncio.Protocol):
    """aiohttp's own protocol of one connection, `inner`, with a watch on its headers.

    The first header has its time from the moment the connection is there, a later one
    from its first byte. One that begins in the same packets as the request before it is
    not seen to begin: it has the time of an idle connection.
    """

    def __init__(self, door: Connections, inner: web.RequestHandler) -> None:
        self.inner = inner
        self._door = door
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._request: web.Request | None = None
        self._is_answering = False
        self._is_in = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._is_in = self._door.enter(self)
        if not self._is_in:
            self._transport.close()
            return
        self._start_timer()
        self.inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._request = None
        self._door.leave(self)
        if self._is_in:
            self.inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._door.is_idle(self, idle=False)
        if self._timer is None and not self._is_of_request():
            self._start_timer()
        self.inner.data_received(data)

    def eof_received(self) -> None:
        self.inner.eof_received()

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def begins(self, request: web.Request) -> None:
        """A header has ended: what comes now is its body."""
        self._stop_timer()
        self._door.is_idle(self, idle=False)  # where it came beside the one before
        self._request, self._is_answering = request, True

    def ends(self) -> None:
        """It has its answer. Of a body that was refused there may be more to come."""
        self._is_answering = False
        self._door.is_idle(self, idle=not self._is_of_request())

    def cut(self, reason: str) -> None:
        """Close it, whatever it does."""
        self._stop_timer()
        assert self._transport is not None
        self._door.closed(reason)
        # Not `close`: that waits until the other side has read our last answer.
        self._transport.abort()

    def _is_of_request(self) -> bool:
        request = self._request
        return request is not None and (
            self._is_answering or not request.content.is_eof()
        )

    def _start_timer(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._door.header_seconds, self.cut, SLOW_HEADER)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
