"""The HTTP door: signed webhooks in, events kept, then 200.

A process of its own, since a rebalance or a recovery must not make Meta wait. It
answers 200 only after Kafka, or the spool's disk, has every event of the body; whatever
else it answers, Meta comes again with the same body and the same `event_id`s.
"""

from collections.abc import AsyncIterator, Callable

import structlog
from aiohttp import web
from pydantic import SecretStr

from stream.channels.reading import DEFAULT_OPTIONS, Options
from stream.channels.sources import SOURCES
from stream.intake.bodies import LARGEST_BODY, Bodies
from stream.intake.hooks import Hook
from stream.intake.keeper import Keeper
from stream.intake.metrics import IntakeMetrics
from stream.process.probes import health_routes
from stream.process.settings import PREFIX, Settings, SettingsError

_log = structlog.get_logger(__name__)


def create_app(
    settings: Settings,
    keeper: Keeper,
    metrics: IntakeMetrics,
    options: Callable[[], Options] = lambda: DEFAULT_OPTIONS,
) -> web.Application:
    """The door before `keeper`, which is at work as long as the application lives.

    `options` are asked for at each body: a reload may change them.

    A source without an app secret has no route. Raises `SettingsError` when none
    has one, or the pseudonyms' key is not set.
    """
    app = web.Application(client_max_size=LARGEST_BODY)
    hooks = _hooks(settings, keeper, metrics, options)
    for hook in hooks:
        app.router.add_get(f"/hooks/{hook.source}", hook.verify, allow_head=False)
        app.router.add_post(f"/hooks/{hook.source}", hook.receive)
        if hook.verify_token is None:
            _log.warning(
                "no verify token, so Meta cannot register this webhook",
                source=hook.source,
            )

    # A load balancer asks the port that it sends to; what we count is on another.
    app.add_routes(health_routes(lambda: keeper.is_ready))

    async def connection(_: web.Application) -> AsyncIterator[None]:
        async with keeper.following():
            yield

    app.cleanup_ctx.append(connection)
    return app


def _hooks(
    settings: Settings,
    keeper: Keeper,
    metrics: IntakeMetrics,
    options: Callable[[], Options],
) -> list[Hook]:
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
    bodies = Bodies(keeper)
    return [
        Hook(
            source=source,
            parse=SOURCES[source],
            options=options,
            app_secret=secret,
            verify_token=_verify_token(settings, source),
            id_secret=id_secret.encode(),
            bodies=bodies,
            metrics=metrics,
        )
        for source, secret in configured.items()
    ]


def _verify_token(settings: Settings, source: str) -> str | None:
    token: SecretStr | None = getattr(settings, f"{source}_verify_token")
    return token.get_secret_value() if token is not None else None
