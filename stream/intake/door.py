"""The HTTP door: signed webhooks in, events kept, then 200.

A process of its own, since a rebalance or a recovery must not make Meta wait. It
answers 200 only after Kafka, or the spool's disk, has every event of the body; whatever
else it answers, Meta comes again with the same body and the same `event_id`s.
"""

from collections.abc import AsyncIterator, Callable

import structlog
from aiohttp import web

from stream.channels.reading import DEFAULT_OPTIONS, Options
from stream.channels.sources import SOURCES
from stream.intake.bodies import LARGEST_BODY, Bodies
from stream.intake.hooks import Hook
from stream.intake.keeper import Keeper
from stream.intake.metrics import IntakeMetrics
from stream.intake.openapi import PATH as DESCRIPTION_PATH
from stream.intake.openapi import describe
from stream.intake.posts import PATH, Posts
from stream.process.probes import health_routes
from stream.process.senders import Senders
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

    A source without an app has no route, nor have posts that nobody may write. Raises
    `SettingsError` where nothing can come in, or the pseudonyms' key is not set.
    """
    app = web.Application(client_max_size=LARGEST_BODY)
    senders = settings.senders()
    id_secret = _id_secret(settings, senders)
    bodies = Bodies(keeper)
    hooks = _hooks(settings, id_secret, bodies, metrics, options)
    if senders.names:
        posts = Posts(
            senders=senders,
            options=options,
            id_secret=id_secret,
            bodies=bodies,
            metrics=metrics,
        )
        metrics.expect_posts(senders.names)
        app.router.add_post(PATH, posts.receive)
        app.router.add_get(DESCRIPTION_PATH, describe, allow_head=False)
    for hook in hooks:
        app.router.add_get(f"/hooks/{hook.source}", hook.verify, allow_head=False)
        app.router.add_post(f"/hooks/{hook.source}", hook.receive)
        for meta_app in hook.apps:
            if not meta_app.verify_tokens:
                _log.warning(
                    "no verify token, so Meta cannot register this webhook",
                    source=hook.source,
                    app=meta_app.name,
                )

    # A load balancer asks the port that it sends to; what we count is on another.
    app.add_routes(health_routes(lambda: keeper.is_ready))

    async def connection(_: web.Application) -> AsyncIterator[None]:
        async with keeper.following():
            yield

    app.cleanup_ctx.append(connection)
    return app


def _id_secret(settings: Settings, senders: Senders) -> bytes:
    """Raises `SettingsError` with all that is missing for anything to come in."""
    faults, id_secret = [], ""
    try:
        id_secret = settings.need("id_secret", "customers get their pseudonyms with it")
    except SettingsError as error:
        faults.append(str(error))
    if not (settings.meta_app_list() or senders.names):
        names = [f"{PREFIX}{source.upper()}_APP_SECRET" for source in SOURCES]
        also = ("META_APPS", "EVENTS_TOKEN", "EVENTS_TOKENS")
        names += [f"{PREFIX}{name}" for name in also]
        faults.append(f"none of {', '.join(names)} is set: nobody can be believed")
    if faults:
        raise SettingsError("\n".join(faults))
    return id_secret.encode()


def _hooks(
    settings: Settings,
    id_secret: bytes,
    bodies: Bodies,
    metrics: IntakeMetrics,
    options: Callable[[], Options],
) -> list[Hook]:
    apps = settings.meta_app_list()
    of_source = {
        source: tuple(app for app in apps if source in app.channels)
        for source in SOURCES
    }
    for source, its_apps in of_source.items():
        metrics.expect_apps(source, its_apps)
    return [
        Hook(
            source=source,
            parse=SOURCES[source],
            options=options,
            apps=its_apps,
            id_secret=id_secret,
            bodies=bodies,
            metrics=metrics,
        )
        for source, its_apps in of_source.items()
        if its_apps
    ]
