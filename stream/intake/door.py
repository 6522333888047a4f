"""The HTTP door: signed webhooks in, events in Kafka, then 200.

A process of its own, since a rebalance or a recovery must not make Meta wait. It
answers 200 only after Kafka acknowledged every event of the body; whatever else
it answers, Meta comes again with the same body and the same `event_id`s.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from time import perf_counter

import structlog
from aiohttp import web
from pydantic import SecretStr

from stream.channels.fields import NotJsonError, TooManyPartsError
from stream.channels.reading import DEFAULT_OPTIONS, Options, Parse, Parsed
from stream.channels.signature import HEADER, is_signed
from stream.channels.sources import SOURCES
from stream.intake.customers import Customers
from stream.intake.metrics import IntakeMetrics
from stream.kafka.events_topic import KafkaAwayError
from stream.process.probes import health_routes
from stream.process.settings import PREFIX, Settings, SettingsError

_log = structlog.get_logger(__name__)

LARGEST_BODY = 3 * 1024 * 1024
_RETRY_AFTER_SECONDS = "5"
SMALL_BODY = 64 * 1024
LARGE_BODIES = 16
"""So many large bodies are read at once: the signature is that of the whole, so nobody
knows before whether a body is Meta's, and any number of them would fill the memory."""
_READ_SECONDS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hook:
    """One source's webhook: `/hooks/<source>`."""

    source: str
    parse: Parse
    options: Callable[[], Options]
    app_secret: bytes
    verify_token: str | None
    id_secret: bytes
    customers: Customers
    metrics: IntakeMetrics
    large_bodies: asyncio.Semaphore

    async def verify(self, request: web.Request) -> web.Response:
        """Give Meta's challenge back to whom knows the verify token."""
        given = request.query.get("hub.verify_token", "")
        challenge = request.query.get("hub.challenge", "")
        is_known = self.verify_token is not None and hmac.compare_digest(
            given.encode("utf-8", "replace"), self.verify_token.encode()
        )
        is_asked = request.query.get("hub.mode") == "subscribe" and challenge != ""
        if not (is_known and is_asked):
            _log.warning("verification refused", source=self.source)
            return _refusal(HTTPStatus.FORBIDDEN, "wrong mode or verify token")
        return web.Response(
            text=challenge, headers={"X-Content-Type-Options": "nosniff"}
        )

    async def receive(self, request: web.Request) -> web.Response:
        began_at = perf_counter()
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            response = await self._answer(request)
            status = HTTPStatus(response.status)
        finally:
            self.metrics.answered(self.source, status, perf_counter() - began_at)
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        if (request.content_length or 0) > LARGEST_BODY:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "over 3 MiB")
        length = request.content_length
        turn = nullcontext() if length and length <= SMALL_BODY else self.large_bodies
        try:
            async with asyncio.timeout(_READ_SECONDS), turn:
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "over 3 MiB")
        except TimeoutError:
            return _refusal(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly")
        if not is_signed(self.app_secret, body, request.headers.get(HEADER)):
            _log.warning("webhook refused", source=self.source, reason="bad signature")
            return _refusal(HTTPStatus.UNAUTHORIZED, "bad signature")
        return await self._keep(body)

    async def _keep(self, body: bytes) -> web.Response:
        try:
            # A large one takes up to a quarter of a second; others get their turn.
            is_small = len(body) <= SMALL_BODY
            parsed = (
                self._parsed(body)
                if is_small
                else await asyncio.to_thread(self._parsed, body)
            )
        except NotJsonError:
            _log.warning("webhook refused", source=self.source, reason="not json")
            return _refusal(HTTPStatus.BAD_REQUEST, "not JSON")
        except TooManyPartsError as error:
            _log.warning("webhook refused", source=self.source, reason=str(error))
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))
        try:
            await self.customers.keep(parsed)
        except KafkaAwayError as error:
            _log.debug("webhook put off", source=self.source, reason=str(error))
            refusal = _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Kafka is away")
            refusal.headers["Retry-After"] = _RETRY_AFTER_SECONDS
            return refusal
        # Counted once the answer is 200: a body that comes again counts once.
        self.metrics.accepted(parsed.events)
        self.metrics.ignored(self.source, parsed.ignored)
        return web.json_response({"accepted": len(parsed.events)})

    def _parsed(self, body: bytes) -> Parsed:
        return self.parse(
            body,
            id_secret=self.id_secret,
            received_at=datetime.now(UTC),
            options=self.options(),
        )


def _refusal(status: HTTPStatus, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)


def create_app(
    settings: Settings,
    customers: Customers,
    metrics: IntakeMetrics,
    options: Callable[[], Options] = lambda: DEFAULT_OPTIONS,
) -> web.Application:
    """The door before Kafka, whose connection lives as long as the application.

    `options` are asked for at each body: a reload may change them.

    A source without an app secret has no route. Raises `SettingsError` when none
    has one, or the pseudonyms' key is not set.
    """
    app = web.Application(client_max_size=LARGEST_BODY)
    hooks = _hooks(settings, customers, metrics, options)
    for hook in hooks:
        app.router.add_get(f"/hooks/{hook.source}", hook.verify, allow_head=False)
        app.router.add_post(f"/hooks/{hook.source}", hook.receive)
        if hook.verify_token is None:
            _log.warning(
                "no verify token, so Meta cannot register this webhook",
                source=hook.source,
            )

    # A load balancer asks the port that it sends to; what we count is on another.
    app.add_routes(health_routes(lambda: customers.is_ready))

    async def connection(_: web.Application) -> AsyncIterator[None]:
        async with customers.following():
            yield

    app.cleanup_ctx.append(connection)
    return app


def _hooks(
    settings: Settings,
    customers: Customers,
    metrics: IntakeMetrics,
    options: Callable[[], Options],
) -> list[_Hook]:
    secrets = {source: getattr(settings, f"{source}_app_secret") for source in SOURCES}
    configured = {
        source: secret.get_secret_value().encode()
        for source, secret in secrets.items()
        if secret is not None
    }
    if not configured:
        names = " or ".join(
            f"{PREFIX}{source.upper()}_APP_SECRET" for source in SOURCES
        )
        raise SettingsError(f"{names} must be set: intake trusts no unsigned webhook")
    id_secret = settings.need("id_secret", "customers get their pseudonyms with it")
    large_bodies = asyncio.Semaphore(LARGE_BODIES)
    return [
        _Hook(
            source=source,
            parse=SOURCES[source],
            options=options,
            app_secret=secret,
            verify_token=_verify_token(settings, source),
            id_secret=id_secret.encode(),
            customers=customers,
            metrics=metrics,
            large_bodies=large_bodies,
        )
        for source, secret in configured.items()
    ]


def _verify_token(settings: Settings, source: str) -> str | None:
    token: SecretStr | None = getattr(settings, f"{source}_verify_token")
    return token.get_secret_value() if token is not None else None
