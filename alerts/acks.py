"""`POST /v1/acks` and `/v1/snoozes`: presses by other programs (contract section 7).

They bear a token that may post events. As from Slack, the same `id` is one press.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from alerts.presses.press import Press, PressKind
from alerts.slack import answering
from stream.process.senders import Senders
from stream.sla.events import Instant
from stream.sla.instants import from_ms, to_ms

_STATUSES = {
    answering.UNKNOWN: HTTPStatus.NOT_FOUND,
    answering.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    answering.NO_TIME: HTTPStatus.UNPROCESSABLE_ENTITY,
    answering.NOT_NOW: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Of what was not done; all else is 200."""

_Word = Annotated[str, Meta(min_length=1, max_length=128)]


class Ack(Struct, frozen=True, forbid_unknown_fields=True):
    """The body. `alert`: the key in the metadata of its message."""

    alert: _Word
    by: _Word | None = None
    """Whoever acts: a Slack user id; else the name of the token."""
    id: _Word | None = None
    undo: bool = False
    """Give back, or wake."""
    until: Instant | None = None
    """Of a snooze."""


class Acks:
    """`press` is `alerts.pressing.Presses.press`; `now` is wall time in ms."""

    def __init__(
        self,
        senders: Senders,
        press: Callable[[str, Press], Awaitable[str]],
        now: Callable[[], int],
    ) -> None:
        self._senders = senders
        self._press = press
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/acks", self._acks),
            web.post("/v1/snoozes", self._snoozes),
        ]

    async def _acks(self, request: web.Request) -> web.Response:
        return await self._taken(request, PressKind.TAKE, PressKind.GIVE_BACK)

    async def _snoozes(self, request: web.Request) -> web.Response:
        return await self._taken(request, PressKind.SNOOZE, PressKind.WAKE)

    async def _taken(
        self, request: web.Request, does: PressKind, undoes: PressKind
    ) -> web.Response:
        now = self._now()
        header = request.headers.get("Authorization")
        sender = self._senders.sender(header, from_ms(now))
        if sender is None:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        try:
            ack = msgspec.json.decode(await request.read(), type=Ack)
        except msgspec.ValidationError as error:
            return _answer(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
        except msgspec.DecodeError:
            return _answer("not JSON", HTTPStatus.BAD_REQUEST)
        press = Press(
            press_id=f"{sender.name}:{ack.id or uuid4().hex}",
            kind=undoes if ack.undo else does,
            by=ack.by or sender.name,
            at=now,
            until=_until(ack.until) if does is PressKind.SNOOZE else None,
        )
        said = await self._press(ack.alert, press)
        return _answer(said, _STATUSES.get(said, HTTPStatus.OK))


def _until(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)


def _answer(said: str, status: HTTPStatus) -> web.Response:
    return web.json_response({"said": said}, status=status)
