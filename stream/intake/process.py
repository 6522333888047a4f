"""Intake as the process that it is: it listens, and ends when it is told."""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

import structlog
from aiohttp import web

from stream.channels.contact import Seal
from stream.channels.reading import Options
from stream.config import Config
from stream.intake.connections import Connections
from stream.intake.customers import Customers
from stream.intake.door import create_app
from stream.intake.keeper import Keeper, SpoolingKeeper
from stream.intake.metrics import IntakeMetrics
from stream.intake.spool import Spool
from stream.intake.spool_file import SpoolError
from stream.kafka.events_topic import EventsTopic
from stream.kafka.refusal import RefusedStartError
from stream.process.probes import serve_probes
from stream.process.reloading import Reloader, ReloadMetrics
from stream.process.settings import Settings

_log = structlog.get_logger(__name__)

_KEEP_ALIVE_SECONDS = 75.0
"""Without a request; aiohttp's own default is an hour."""
_MOST_HEADERS = 64
"""Of 8 KiB: each connection may fill that much memory."""
# Longer than any answer takes.
_SHUTDOWN_SECONDS = 10.0


def run_intake(settings: Settings, config: Config) -> int:
    """Serve until SIGTERM or Ctrl-C; return the exit code.

    Kafka may come later: until then webhooks wait in the spool, or get 503 and come
    again where there is none. Raises
    `SettingsError` before it listens.
    """
    # The topic says it once an outage; aiokafka would say it many times a second.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_serve(settings, config))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415  there is none on Windows

    return uvloop.new_event_loop


async def _serve(settings: Settings, config: Config) -> int:
    metrics = IntakeMetrics()
    topic = EventsTopic(
        broker=settings.kafka,
        name=settings.events_topic,
        partitions=settings.partitions,
        also=[settings.aliases_topic],
    )
    customers = Customers(topic, settings.kafka, settings.aliases_topic)
    try:
        with _keeper(customers, settings, metrics) as keeper:
            return await _listen(settings, config, keeper, metrics, topic.refused)
    except SpoolError as error:
        _log.error("cannot open the spool", folder=settings.spool_dir, error=str(error))
        return 1


@contextmanager
def _keeper(
    customers: Customers, settings: Settings, metrics: IntakeMetrics
) -> Iterator[Keeper]:
    """With a spool where the settings name a folder. Raises `SpoolError`."""
    if not settings.spool_dir:
        yield customers
        return
    folder = Path(settings.spool_dir)
    with Spool.opened(folder, settings.spool_max, metrics.set_aside) as spool:
        metrics.watch(spool)
        yield SpoolingKeeper(customers, spool, metrics)


async def _listen(
    settings: Settings,
    config: Config,
    keeper: Keeper,
    metrics: IntakeMetrics,
    refused: asyncio.Event,
) -> int:
    reloader = Reloader(
        settings.config, config, ReloadMetrics(metrics.registry), time.time
    )
    in_force = _InForce(config, settings.contact_keys.seal)
    reloader.tells(in_force.take)
    app = create_app(settings, keeper, metrics, lambda: in_force.options)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        host, port = settings.intake_metrics_host, settings.intake_metrics_port
        try:
            await stack.enter_async_context(
                serve_probes(
                    host,
                    port,
                    metrics.registry,
                    lambda: keeper.is_ready,
                    reloader.routes(),
                )
            )
            await stack.enter_async_context(reloader.following(settings.reload_every))
            host, port = settings.intake_host, settings.intake_port
            url = await stack.enter_async_context(
                open_door(app, Connections(metrics.closed), host, port)
            )
        except OSError as error:
            _log.error("cannot listen", host=host, port=port, error=error.strerror)
            return 1
        except RefusedStartError as error:
            _log.error("cannot listen", host=host, port=port, error=str(error))
            return 1
        _log.info("intake is listening", url=url)
        if not await _first_is(stopping, refused):
            return 1
    _log.info("intake has stopped")
    return 0


class _InForce:
    """How webhooks are read: by the rules file as it stands now."""

    def __init__(self, config: Config, seal: Seal | None) -> None:
        self._seal = seal
        self.take(config)

    def take(self, config: Config) -> None:
        self.options = Options(apps=config.app_authors(), seal=self._seal)


@asynccontextmanager
async def open_door(
    app: web.Application, connections: Connections, host: str, port: int
) -> AsyncIterator[str]:
    """Answer with `app` at the URL that comes out, until the context is left."""
    connections.watch(app)
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_SHUTDOWN_SECONDS,
        keepalive_timeout=_KEEP_ALIVE_SECONDS,
        max_headers=_MOST_HEADERS,
        # A signature is that of the bytes as they came, and small ones stay small.
        auto_decompress=False,
    )
    try:
        await runner.setup()
        assert runner.server is not None
        server = await asyncio.get_running_loop().create_server(
            connections.over(runner.server), host, port
        )
        with closing(server):
            name, number, *_ = server.sockets[0].getsockname()
            yield f"http://{name}:{number}"
    finally:
        # No new connections, answers to those under way, then the topic.
        await runner.cleanup()


async def _first_is(wanted: asyncio.Event, other: asyncio.Event) -> bool:
    """Wait for either; whether the wanted one is set."""
    waits = [asyncio.create_task(event.wait()) for event in (wanted, other)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return wanted.is_set()
