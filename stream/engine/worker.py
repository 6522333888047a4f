"""Running an `EngineApp` in the foreground: signals, exit codes, nothing else."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext

import structlog
import uvloop

from stream.engine.app import EngineApp
from stream.engine.topic import TableSpec
from stream.engine.topics import ensure_topics, wait_for_broker, wait_for_coordinator
from stream.engine.watchdog import LoopWatch, Watchdog
from stream.kafka.refusal import RefusedStartError

log = structlog.get_logger(__name__)

_STOP_WITHIN_S = 9.0


def run_worker(
    app: EngineApp,
    *,
    topics: Mapping[str, int],
    tables: Sequence[TableSpec] = (),
    beside: AbstractAsyncContextManager[object] | None = None,
) -> int:
    """Run until SIGTERM, SIGINT or a crash; return the exit code.

    0: asked to stop, the batch in hand finished and committed, the group left; or it
    had nothing, and Kafka did not answer its joining in time.
    1: crashed; what was not finished is not committed. `beside` (an HTTP server,
    say) is entered before Kafka is waited for and left last. Raises, before the
    start, `EngineError` when topics do not fit, `KafkaRefusedError` when we are not
    let in.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(app, topics, tables, beside or nullcontext()))


async def _run(
    app: EngineApp,
    topics: Mapping[str, int],
    tables: Sequence[TableSpec],
    beside: AbstractAsyncContextManager[object],
) -> int:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    async with beside:
        prepared = asyncio.create_task(_prepare(app, topics, tables))
        if not await _first(prepared, asked):
            return 0
        return await _serve(app, asked)


async def _prepare(
    app: EngineApp, topics: Mapping[str, int], tables: Sequence[TableSpec]
) -> None:
    await wait_for_broker(app.access)
    await ensure_topics(
        app.access,
        topics,
        policy=app.topic_policy,
        changelogs=[*app.changelogs(), *tables],
    )
    await wait_for_coordinator(app.access, app.conf.id)
    await app.wait_for_turn()


async def _serve(app: EngineApp, asked: asyncio.Event) -> int:
    started = asyncio.create_task(app.start())
    ended = asyncio.create_task(_ended(app, started))
    watching = [
        asyncio.create_task(LoopWatch().run()),
        asyncio.create_task(Watchdog(app).run()),
    ]
    try:
        await _first(ended, asked)
    except Exception:
        log.exception("worker did not start")
        failed = True
    else:
        failed = False
    for watch in watching:
        watch.cancel()
    stopping = asyncio.create_task(app.stop())
    done, _ = await asyncio.wait({stopping}, timeout=_STOP_WITHIN_S)
    if not done:
        # Kafka answers who wants to join only when a dead member's session is over.
        idle = not (app.restored or app.in_hand or app.crash_reason)
        said = log.warning if idle else log.error
        said("worker did not stop in time", seconds=_STOP_WITHIN_S, idle=idle)
        sys.stderr.flush()
        os._exit(0 if idle else 1)  # else threads of the Kafka client would go on
    started.cancel()
    await asyncio.wait({started})
    if app.crash_reason is not None:
        crash = app.crash_reason
        # Our own errors hold no record's words; others may.
        why = {"reason": str(crash)} if isinstance(crash, RefusedStartError) else {}
        log.error("worker crashed", error=type(crash).__name__, **why)
        return 1
    return int(failed)


async def _ended(app: EngineApp, started: asyncio.Task[None]) -> None:
    """Return when the app has crashed or stopped; raise what its start raised."""
    await asyncio.shield(started)  # stopping ends a start under way, too
    await app.wait_until_stopped()


async def _first(work: asyncio.Task[None], asked: asyncio.Event) -> bool:
    """Whether the work ended before we were asked to stop; raises what it raised."""
    waiting = asyncio.create_task(asked.wait())
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not work.done():
        work.cancel()
        return False
    work.result()
    return True
