"""Hooks: Meta's webhooks, each signed with its app's secret (channels.md 1.1, 2.1)."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from aiohttp import web

from stream.channels.fields import NotJsonError, TooManyPartsError
from stream.channels.reading import Options, Parse, Parsed
from stream.channels.signature import HEADER, is_signed
from stream.dead_letters.masking import mask
from stream.intake.bodies import Bodies, RefusedError
from stream.intake.metrics import IntakeMetrics, Signed
from stream.process.meta_apps import MetaApp

_log = structlog.get_logger(__name__)

_LARGEST_SHAPE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One source's webhook: `/hooks/<source>`."""

    source: str
    parse: Parse
    options: Callable[[], Options]
    apps: tuple[MetaApp, ...]
    """Who may send: their secrets sign, their tokens verify."""
    id_secret: bytes
    bodies: Bodies
    metrics: IntakeMetrics

    async def verify(self, request: web.Request) -> web.Response:
        """Give Meta's challenge back to whom knows the verify token."""
        app = self._verified_by(request.query.get("hub.verify_token", ""))
        challenge = request.query.get("hub.challenge", "")
        is_asked = request.query.get("hub.mode") == "subscribe" and challenge != ""
        if app is None or not is_asked:
            _log.warning("verification refused", source=self.source)
            refused = RefusedError(HTTPStatus.FORBIDDEN, "wrong mode or verify token")
            return refused.response
        _log.info("webhook verified", source=self.source, app=app.name)
        return web.Response(
            text=challenge, headers={"X-Content-Type-Options": "nosniff"}
        )

    async def receive(self, request: web.Request) -> web.Response:
        """200 when all of it is kept; else Meta comes again with the same body."""
        return await self.metrics.timed(self.source, self._answer(request))

    async def _answer(self, request: web.Request) -> web.Response:
        signature = request.headers.get(HEADER)
        app: str | None = None
        try:
            body, signed = await self.bodies.checked(
                request, lambda whole: self._signed_by(whole, signature)
            )
            app = signed.app
            self.metrics.signed(self.source, signed)
            parsed = await self.bodies.parsed(body, self._parsed)
            await self.bodies.keep(parsed, self.source)
        except RefusedError as error:
            if error.response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                _log.warning(
                    "webhook refused", source=self.source, app=app, reason=str(error)
                )
            return error.response
        # Counted once the answer is 200: a body that comes again counts once.
        self.metrics.accepted(parsed.events)
        self.metrics.ignored(self.source, parsed.ignored)
        for part in parsed.malformed:
            _log.warning(
                "part malformed", source=self.source, app=app, shape=_shape(part)
            )
        return web.json_response({"accepted": len(parsed.events)})

    def _verified_by(self, token: str) -> MetaApp | None:
        given = token.encode("utf-8", "replace")
        known = (
            app
            for app in self.apps
            for each in app.verify_tokens
            if hmac.compare_digest(given, each)
        )
        return next(known, None)

    def _signed_by(self, body: bytes, signature: str | None) -> Signed:
        """The secret that `body` is signed with. Raises `RefusedError`: 401."""
        for app in self.apps:
            for place, secret in enumerate(app.app_secrets, start=1):
                if is_signed(secret, body, signature):
                    return Signed(app.name, place)
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "bad signature")

    def _parsed(self, body: bytes) -> Parsed:
        try:
            return self.parse(
                body,
                id_secret=self.id_secret,
                received_at=datetime.now(UTC),
                options=self.options(),
            )
        except NotJsonError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "not JSON") from error
        except TooManyPartsError as error:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error)
            ) from error


def _shape(part: object) -> str:
    """What a part is like, without what people said."""
    data = json.dumps(part).encode()  # which takes half of an emoji, too
    if len(data) > _LARGEST_SHAPE:
        return f"<{len(data)} bytes>"
    return " ".join(mask(data).split())
