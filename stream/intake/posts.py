"""Posts: `POST /v1/events`, for who knows more than Meta says: a helpdesk, a bot.

Each item gets an answer of its own. 200: all are kept; 207: those that are `accepted`;
422: none is an event, so coming again is of no use. 503: nothing is known to be kept,
come again with the same `event_id`s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web

from stream.channels.fields import NotJsonError, TooManyPartsError
from stream.channels.reading import Options
from stream.intake.bodies import Bodies, RefusedError
from stream.intake.metrics import POSTS, IntakeMetrics
from stream.intake.posted import Posted, read_posted
from stream.process.senders import Sender, Senders

_log = structlog.get_logger(__name__)

PATH = "/v1/events"
JSON = "application/json"
LINES = ("application/x-ndjson", "application/jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """Takes posted events."""

    senders: Senders
    options: Callable[[], Options]
    id_secret: bytes
    bodies: Bodies
    metrics: IntakeMetrics
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def receive(self, request: web.Request) -> web.Response:
        """Answer each item of the body."""
        return await self.metrics.timed(POSTS, self._answer(request))

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            return await self._taken(request)
        except RefusedError as error:
            if error.response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                _log.warning("post refused", reason=str(error))
            return error.response

    async def _taken(self, request: web.Request) -> web.Response:
        sender = self.senders.sender(request.headers.get("Authorization"), self.now())
        if sender is None:
            refused = RefusedError(HTTPStatus.UNAUTHORIZED, "no token that is known")
            refused.response.headers["WWW-Authenticate"] = "Bearer"
            raise refused
        if request.content_type not in {JSON, *LINES}:
            reason = f"Content-Type must be {JSON} or {LINES[0]}"
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason)
        body = await self.bodies.read(request)
        is_lines = request.content_type in LINES
        read = partial(self._posted, sender=sender, is_lines=is_lines)
        posted = await self.bodies.parsed(body, read)
        await self.bodies.keep(posted.parsed, POSTS)
        return self._told(posted, sender)

    def _posted(self, body: bytes, *, sender: Sender, is_lines: bool) -> Posted:
        try:
            return read_posted(
                body,
                is_lines=is_lines,
                sender=sender,
                id_secret=self.id_secret,
                received_at=self.now(),
                seal=self.options().seal,
            )
        except NotJsonError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "not JSON") from error
        except TooManyPartsError as error:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error)
            ) from error

    def _told(self, posted: Posted, sender: Sender) -> web.Response:
        accepted = len(posted.parsed.events)
        refused = len(posted.answers) - accepted
        self.metrics.accepted(posted.parsed.events)
        self.metrics.posted(sender.name, accepted, refused)
        if refused:
            _log.warning("events refused", sender=sender.name, events=refused)
        status = HTTPStatus.OK
        if refused:
            status = (
                HTTPStatus.MULTI_STATUS if accepted else HTTPStatus.UNPROCESSABLE_ENTITY
            )
        answer = {"accepted": accepted, "refused": refused, "items": posted.answers}
        return web.Response(
            body=msgspec.json.encode(answer), status=status, content_type=JSON
        )
