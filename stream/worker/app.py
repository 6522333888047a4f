"""The worker's composition root: settings and config -> a Faust app that tracks.

The only place where the rules, the table, the timers and the metrics meet Kafka.
"""

import gc
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import structlog
from aiokafka.structs import ConsumerRecord
from prometheus_client import CollectorRegistry

from stream.config import Config
from stream.dead_letters.letters import DeadLetters
from stream.dead_letters.limit import Bounds
from stream.dead_letters.topic import DeadLetterTopic
from stream.engine import EngineApp, readiness_of, run_worker
from stream.engine.lease import running_time
from stream.engine.topic import TableSpec
from stream.process.probes import serve_probes
from stream.process.reloading import Reloader, ReloadMetrics
from stream.process.settings import Settings
from stream.worker.agents import Tracker, leaves_state
from stream.worker.book import Book
from stream.worker.current_state import CurrentState, Ownership
from stream.worker.metrics import WorkerMetrics
from stream.worker.queues import Queues
from stream.worker.reconsidering import Reconsidering
from stream.worker.sending_on import SendingOn
from stream.worker.silent_sources import SilentSources
from stream.worker.timers import Timers
from stream.worker.waiting import Waiting
from stream.worker.wall import Wall

TICK = 0.1
"""Seconds between two looks at the deadlines: the resolution of "the second"."""

log = structlog.get_logger(__name__)


def wall_clock() -> int:
    """Milliseconds since the epoch, as the machine says."""
    return time.time_ns() // 1_000_000


def run_stream_worker(settings: Settings, config: Config) -> int:
    """Run until SIGTERM; the exit status is 0, or 1 after a crash."""
    # Batches make many short-lived objects and no cycles: look for cycles seldom.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    app = EngineApp(
        settings.worker_group,
        broker=settings.kafka,
        partitions=settings.partitions,
        topic_policy=settings.topic_policy,
        membership=settings.membership,
    )
    # The one clock of the worker's shell: whatever is concluded or dated is by it.
    wall = Wall(wall_clock, lambda: int(running_time() * 1000))
    events = settings.events_topic
    table = app.state_table("conversations", wall)
    facts = app.writer(settings.facts_topic, wall)
    dead_letters = DeadLetters(
        Bounds(settings.dead_letters_consecutive, settings.dead_letters_ratio),
        write=app.writer(settings.dead_letters_topic, wall).write,
        recall=DeadLetterTopic(settings.kafka, settings.dead_letters_topic).reasons,
    )
    waiting = Waiting()
    registry = CollectorRegistry()
    metrics = WorkerMetrics(config, registry)
    book = Book(
        rules=config.rules(),
        read=table.store.get,
        write_facts=facts.write,
        write_states=table.write,
        send_on=SendingOn(app.writer(events, wall).write, settings.partitions).send,
        metrics=metrics,
        waiting=waiting,
    )
    tracker = Tracker(book, metrics, dead_letters, wall)

    async def end_offsets(partitions: Iterable[int]) -> dict[int, int]:
        return await app.end_offsets(events, partitions)

    timers = Timers(book, app.owned, end_offsets, app.applied, wall)
    ownership = Ownership(
        {events: settings.partitions},
        app.owned,
        lambda: sum(app.lag().values()),
        wall,
    )
    current_state = CurrentState(waiting, ownership, config, metrics.places.queue)
    silent_sources = SilentSources(metrics.newest, config, wall)
    shown = (current_state, silent_sources, Queues(config, wall))
    for collector in shown:
        registry.register(collector)
    reloader = Reloader(settings.config, config, ReloadMetrics(registry), time.time)
    reconsidering = Reconsidering(book, app.owned, wall)

    def take(new: Config) -> None:
        before = book.rules.queues
        book.take(new.rules())
        metrics.take(new)
        for collector in shown:
            collector.take(new)
        reconsidering.begin(app.owned(), moved=book.rules.queues != before)

    reloader.tells(take)

    @app.batches(events)
    async def track(partition: int, records: Sequence[ConsumerRecord]) -> None:
        await tracker.track(partition, records)

    app.continuity.leaves_state = leaves_state
    app.continuity.command = "replyclock begin-anew"

    @app.on_restored
    async def restored(partitions: frozenset[int]) -> None:
        last = {
            partition: await book.restore(
                partition, table.store.partition(partition).items()
            )
            for partition in partitions
        }
        await app.continuity.check_last(events, last)
        reconsidering.begin(partitions)
        log.info("partitions restored", partitions=sorted(partitions))

    @app.on_lost
    def lost(partitions: frozenset[int]) -> None:
        for partition in partitions:
            book.drop(partition)
            dead_letters.forget(partition)
            timers.forget(partition)
            reconsidering.forget(partition)

    app.every(TICK, timers.tick)
    app.every(TICK, reconsidering.step)

    @asynccontextmanager
    async def beside() -> AsyncIterator[None]:
        async with (
            serve_probes(
                settings.worker_host,
                settings.worker_port,
                registry,
                readiness_of(app, events).look,
                reloader.routes(),
            ),
            reloader.following(settings.reload_every),
        ):
            yield

    topics = (settings.events_topic, settings.facts_topic, settings.dead_letters_topic)
    return run_worker(
        app,
        topics=dict.fromkeys(topics, settings.partitions),
        tables=[TableSpec(settings.aliases_topic, settings.partitions)],
        beside=beside(),
    )
