"""The alerts process's composition root: facts in, messages to sinks out."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import structlog
from aiokafka.structs import ConsumerRecord

from alerts.acting import Acting
from alerts.agents import FactsReader
from alerts.bookmark import Bookmark
from alerts.catch_up import CatchUp
from alerts.connection import connect
from alerts.coverage import Coverage
from alerts.customer import Customers
from alerts.deliverer import Deliverer
from alerts.delivery import Delivery, wall_ms
from alerts.digests.posting import DigestPosting
from alerts.digests.reading import count_facts
from alerts.digests.telling import Digests
from alerts.ledger import Ledger
from alerts.metrics import Metrics
from alerts.routing import Routes
from alerts.sinks.sinks import Sinks
from alerts.sinks.slack import SlackSink
from alerts.slack.blocks import message_of
from alerts.slack.client import Slack
from alerts.slack.listing import list_message
from alerts.storms.gathering import Gathering
from alerts.storms.lists import Lists
from stream.config import Config
from stream.dead_letters.letters import DeadLetters
from stream.dead_letters.limit import Bounds
from stream.dead_letters.topic import DeadLetterTopic
from stream.engine import EngineApp, readiness_of, run_worker
from stream.process import sinks
from stream.process.probes import serve_probes
from stream.process.reloading import Reloader, ReloadMetrics
from stream.process.settings import Settings, SettingsError

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""Seconds between two looks whether Redis still has what it took."""
LAST_STEP_SECONDS = 8.0
"""So long may the request to Slack that is under way take when we are asked to stop."""


def run_alerts(settings: Settings, config: Config) -> int:
    """Run until SIGTERM; the exit status is 0, or 1 after a crash.

    Raises `SettingsError` when a sink's token or secret is missing, `EngineError` when
    the topics do not fit.
    """
    faults = [str(error) for _, error in sinks.faults(config)]
    if faults:
        raise SettingsError("\n".join(faults))
    token = ""
    if any(receiver.slack for receiver in config.alerts.receivers.values()):
        token = settings.need("slack_bot_token", "alerts are posted with it")
    app = EngineApp(
        settings.alerts_group,
        broker=settings.kafka,
        partitions=settings.partitions,
        topic_policy=settings.topic_policy,
    )
    facts = settings.facts_topic
    redis = connect(settings)
    ledger = Ledger(redis, settings.topic_prefix)
    slack = Slack(token, settings.slack_api_url)
    metrics = Metrics(config.alerts.receivers)
    metrics.presses.take(config.queue_names)
    metrics.registry.register(Coverage(facts, settings.partitions, app.owned, app.lag))
    catch_up = CatchUp(app.owned, app.applied, lambda: time.monotonic() * 1000)
    bookmark = Bookmark(
        ledger.positions,
        app,
        lambda partitions: app.end_offsets(facts, partitions),
        app.elsewhere.hand_over_again,
    )
    owner = uuid4().hex
    can_press = bool(settings.slack_app_token or settings.slack_signing_secret)
    routes = Routes(config)
    customers = Customers(settings.contact_keys, config, metrics.unopened)
    ways_out = Sinks(SlackSink(slack), shown=customers.shown, now=wall_ms)
    lists = Lists(redis, ledger)
    deliverer = Deliverer(
        ledger=ledger,
        lists=lists,
        gathering=Gathering(lists, ledger, config, metrics.suppressed),
        delivery=Delivery(
            ledger=ledger,
            sinks=ways_out,
            lists=lists,
            config=config.alerts,
            metrics=metrics,
            write=lambda alert, mention, *, call, controls, others=(): message_of(
                alert,
                mention,
                customers.shown(alert),
                call=call,
                controls=replace(controls, can_press=can_press),
                others=others,
            ),
            write_list=lambda listing, mention: list_message(
                *(listing, mention, lambda alert: customers.shown(alert).link),
                can_press=can_press,
            ),
            owner=owner,
        ),
        metrics=metrics,
        stale_after=config.stale_after,
        may_post=catch_up.may_post,
    )
    digests = Digests(
        posting=DigestPosting(ledger, slack, ways_out, metrics, owner),
        config=config,
        count=lambda periods, since: count_facts(settings.kafka, facts, periods, since),
        may_tell=lambda: 0 in app.owned(),
    )
    reloader = Reloader(
        settings.config, config, ReloadMetrics(metrics.registry), time.time
    )
    reloader.tells(deliverer.take)
    reloader.tells(customers.take)
    reloader.tells(digests.take)
    reloader.tells(routes.take)
    acting = Acting(
        settings,
        config,
        ledger=ledger,
        lists=lists,
        slack=slack,
        metrics=metrics,
        shown=customers.shown,
        wake=deliverer.wake,
    )
    reloader.tells(acting.take)
    reloader.tells(lambda new: metrics.presses.take(new.queue_names))
    dead_letters = DeadLetters(
        Bounds(settings.dead_letters_consecutive, settings.dead_letters_ratio),
        write=app.writer(settings.dead_letters_topic).write,
        recall=DeadLetterTopic(settings.kafka, settings.dead_letters_topic).reasons,
    )
    reader = FactsReader(
        ledger=ledger,
        bookmark=bookmark,
        metrics=metrics,
        wake=deliverer.wake,
        concern=routes.concern,
        dead_letters=dead_letters,
        now=wall_ms,
        may_wait=lambda: app.ready,
        waiting=app.elsewhere.waiting,
    )
    app.elsewhere.begins_by(bookmark.beginnings)
    app.continuity.command = "replyclock begin-anew --alerts"
    app.every(LOOK_S, bookmark.look)

    @app.batches(facts)
    async def read(partition: int, records: Sequence[ConsumerRecord]) -> None:
        await reader.take(partition, records)

    @app.on_restored
    async def restored(partitions: frozenset[int]) -> None:
        await bookmark.began(partitions)
        catch_up.began(await app.end_offsets(facts, partitions))
        log.info("partitions taken", partitions=sorted(partitions))

    @app.on_lost
    def lost(partitions: frozenset[int]) -> None:
        for partition in partitions:
            dead_letters.forget(partition)

    @asynccontextmanager
    async def beside() -> AsyncIterator[None]:
        async with (
            serve_probes(
                settings.alerts_host,
                settings.alerts_port,
                metrics.registry,
                readiness_of(app, facts).look,
                [*reloader.routes(), *acting.routes()],
            ),
            reloader.following(settings.reload_every),
            redis,
            slack,
            ways_out,
            acting.listening(),
            _running(deliverer, app),
            _telling(digests),
        ):
            yield

    topics = (facts, settings.dead_letters_topic)
    return run_worker(
        app, topics=dict.fromkeys(topics, settings.partitions), beside=beside()
    )


@asynccontextmanager
async def _running(deliverer: Deliverer, app: EngineApp) -> AsyncIterator[None]:
    """Deliver until the context is left; a deliverer that fails crashes the app."""

    async def run() -> None:
        try:
            await deliverer.run()
        except Exception as error:
            log.exception("deliverer failed")
            await app.crash(error)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        deliverer.stop()
        _, late = await asyncio.wait({task}, timeout=LAST_STEP_SECONDS)
        # Its intent is in the ledger: the next start looks what became of it.
        for each in late:
            each.cancel()


@asynccontextmanager
async def _telling(digests: Digests) -> AsyncIterator[None]:
    """Tell digests until the context is left; one that is cut off is found again."""
    task = asyncio.create_task(digests.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
