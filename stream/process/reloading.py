"""Reload: the rules of a running process follow the file, all of it or nothing.

The file is looked at by its content every few seconds, on SIGHUP and on
`POST /-/reload`. By content, because watching a file misses what a ConfigMap's symbolic
links and an editor's rename do to it. A bad file is refused and said; what was in force
stays (`architecture.md` section 5).
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge

from stream.config import Config, load_config
from stream.config.faults import ConfigError

log = structlog.get_logger(__name__)

Listener = Callable[[Config], None]
"""Takes a config into force; it must not fail and not wait."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look at the file came to; `faults` are why it was refused."""

    version: str
    changed: bool = False
    faults: tuple[str, ...] = ()


class ReloadMetrics:
    """Which rules are in force, and whether the file's are."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.successful = Gauge(
            "replyclock_config_last_reload_successful",
            "Whether the rules in the file are in force; 0: it was refused.",
            registry=registry,
        )
        self.succeeded_at = Gauge(
            "replyclock_config_last_reload_success_timestamp_seconds",
            "When the rules in force were taken.",
            registry=registry,
        )
        self.info = Gauge(
            "replyclock_config_info",
            "The rules in force; always 1.",
            ("hash",),
            registry=registry,
        )

    def took(self, version: str, now: float) -> None:
        """The rules with this hash are in force."""
        self.successful.set(1)
        self.succeeded_at.set(now)
        self.info.clear()
        self.info.labels(version).set(1)


class Reloader:
    """Keeps `listeners` at what the file says.

    Args:
        config: what the process has started with.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        path: Path,
        config: Config,
        metrics: ReloadMetrics,
        now: Callable[[], float],
    ) -> None:
        self._path = path
        self._metrics = metrics
        self._now = now
        self._listeners: list[Listener] = []
        self._seen = b""
        self._faults: tuple[str, ...] = ()
        self._version = config.version_hash
        self._one = asyncio.Lock()
        metrics.took(self._version, now())

    def tells(self, listener: Listener) -> None:
        """`listener` takes each new config, in the order they were named."""
        self._listeners.append(listener)

    async def look(self) -> Outcome:
        """Take the file's rules into force if they are others and good."""
        async with self._one:
            seen, faults = await asyncio.to_thread(self._digest)
            if seen == self._seen:
                return Outcome(self._version, faults=self._faults)
            self._seen = seen
            # In a thread: a large file takes a second, and the stream goes on.
            found: Config | tuple[str, ...]
            found = faults or await asyncio.to_thread(self._parse)
            if isinstance(found, Config):
                return self._take(found)
            self._refuse(found)
            return Outcome(self._version, faults=found)

    def _digest(self) -> tuple[bytes, tuple[str, ...]]:
        try:
            return sha256(self._path.read_bytes()).digest(), ()
        except OSError as error:
            fault = f"{self._path}:1:1: {error.strerror}"
            return fault.encode(), (fault,)

    def _parse(self) -> Config | tuple[str, ...]:
        try:
            config = load_config(self._path)
        except ConfigError as error:
            return tuple(str(fault) for fault in error.faults)
        # Tables of opening hours are made here, and not while the stream waits.
        config.rules().look_ahead(round(self._now() * 1000))
        return config

    def _take(self, config: Config) -> Outcome:
        before, self._version = self._version, config.version_hash
        self._faults = ()
        changed = before != self._version
        if changed:
            for listener in self._listeners:
                listener(config)
            log.info("config reloaded", before=before, now=self._version)
        self._metrics.took(self._version, self._now())
        return Outcome(self._version, changed)

    def _refuse(self, faults: Iterable[str]) -> None:
        self._faults = tuple(faults)
        self._metrics.successful.set(0)
        log.error(
            "config refused, the old one stays",
            in_force=self._version,
            faults=list(self._faults),
        )

    def routes(self) -> list[web.RouteDef]:
        """`POST /-/reload`: 200, or 400 with a line a fault."""

        async def reload(_: web.Request) -> web.Response:
            outcome = await self.look()
            if outcome.faults:
                return web.Response(status=400, text="\n".join(outcome.faults) + "\n")
            said = "reloaded" if outcome.changed else "unchanged"
            return web.Response(text=f"{said}: {outcome.version}\n")

        return [web.post("/-/reload", reload)]

    @asynccontextmanager
    async def following(self, every: float) -> AsyncIterator[None]:
        """Look every so many seconds, and on SIGHUP, until the context is left."""
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        loop.add_signal_handler(signal.SIGHUP, asked.set)

        async def follow() -> None:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(every):
                        await asked.wait()
                asked.clear()
                await self.look()

        task = asyncio.create_task(follow())
        try:
            yield
        finally:
            task.cancel()
            loop.remove_signal_handler(signal.SIGHUP)
