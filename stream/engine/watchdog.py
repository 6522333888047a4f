"""The watchdog: a worker that stands still ends, and says why.

A supervisor can restart a process that has ended; nothing helps one that looks alive
and does nothing. Three things must move:

    recovery   records restored, while the tables are not complete
    lag        offsets applied, while records wait: not those behind an open
               transaction, nor while their handler waits for another (Redis, say),
               which no restart would bring
    the loop   watched from a thread of its own: who is blocked cannot look
"""

import asyncio
import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from stream.engine.guard import EngineError

log = structlog.get_logger(__name__)

_LOOK_S = 1.0
_BLOCKED_S = 30.0
_STOPPED_S = 5.0
"""A look that came so late means that the whole process stood: that is no block."""


@dataclass(slots=True)
class Stall:
    """How long something that should move has not moved; seconds of any clock."""

    limit: float
    _mark: object = None
    _since: float | None = field(default=None)

    def look(self, now: float, *, pending: bool, mark: object) -> bool:
        """Whether it has been pending at the same `mark` for `limit` seconds."""
        if not pending or self._since is None or mark != self._mark:
            self._mark = mark
            self._since = now if pending else None
            return False
        return now - self._since >= self.limit


class LoopWatch:
    """Ends the process when its event loop does not turn; with all stacks in the log.

    `end` is called from the thread; by default it exits with status 1 at once, since
    a blocked loop can do nothing in order.
    """

    def __init__(
        self,
        limit: float = _BLOCKED_S,
        *,
        end: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._end = end or _end_now
        self._clock = clock
        self._turned = clock()
        self._looked = clock()
        self._stopped = threading.Event()

    def turned(self) -> None:
        """The loop was here."""
        self._turned = self._clock()

    def look(self) -> bool:
        """Whether the loop has stood for too long."""
        now = self._clock()
        if now - self._looked > _STOPPED_S:
            self._turned = now
        self._looked = now
        return now - self._turned >= self._limit

    async def run(self) -> None:
        """Watch until cancelled."""
        self.turned()
        thread = threading.Thread(target=self._watch, name="loop watch", daemon=True)
        thread.start()
        try:
            while True:
                await asyncio.sleep(_LOOK_S)
                self.turned()
        finally:
            self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(_LOOK_S):
            if self.look():
                log.error("the event loop is blocked", seconds=self._limit)
                self._end()
                return


def _end_now() -> None:
    faulthandler.dump_traceback(file=sys.stderr)  # places in the code, no values
    sys.stderr.flush()
    os._exit(1)


class Watchdog:
    """What of an `EngineApp` must move, and the sentence when it does not."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._recovery = Stall(app.stall_after)
        self._lag = Stall(app.stall_after)

    def look(self, now: float) -> str | None:
        """Why the worker must end; None while all is well."""
        app = self._app
        done, total = app.recovery_progress
        if self._recovery.look(
            now, pending=not app.ready and done < total, mark=(done, total)
        ):
            return f"recovery stands still at {done} of {total} changelog records"
        lag = app.lag()
        applied = tuple(sorted((tp, app.applied(tp)) for tp in lag))
        waits = any(lag.values()) and app.readable() and not app.elsewhere.waits
        if self._lag.look(now, pending=waits, mark=applied):
            return f"{sum(lag.values())} records wait and none is applied"
        return None

    async def run(self) -> None:
        """Look every second; crash the app when something stands still."""
        while True:
            await asyncio.sleep(_LOOK_S)
            reason = self.look(time.monotonic())
            if reason is not None:
                await self._app.crash(EngineError(reason))
                return
