"""The lease: until when the group is sure to count this process as its member.

A process that was stopped (SIGSTOP, a paused machine) does not know it. Meanwhile
another worker may have its partitions, so what it writes after waking would come
from stale state. Kafka keeps a member for the session timeout after it last heard
of it; a lease counts the same time from when we *asked*, so it always ends first:

    heartbeat sent ──▶ heard by Kafka ─────── session timeout ───────▶ others may own
          └────────────── lease ──────────────▶ nothing is sent any more

A static member's place is given away earlier, so whoever takes it looks whether the
last process has ended its work, and waits as long as Kafka does (`holds.py`).

Asked for at the last moment, when a request to write goes to the socket. From there
the kernel would go on trying for minutes, also for a process that has ended, and a
network that was cut would deliver old state when it is back. So the kernel is told to
give up (`ON_THE_WAY_S`, RFC 5482), and a lease that ends sooner is none. Left open:
a stop of some microseconds' aim between the look and the kernel (`docs/engine.md`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka.errors import (
    KafkaError,
    NoError,
    RebalanceInProgressError,
)
from aiokafka.protocol.group import HeartbeatRequest, SyncGroupRequest

_POLL_S = 0.02
ON_THE_WAY_S = 3.0
"""So long the kernel tries to deliver. What remains of a lease just before its next
heartbeat, 10 s or more less 3 s, is longer."""
# During a rebalance a heartbeat is answered so, and keeps the member all the same.
_STILL_MEMBER = (NoError.errno, RebalanceInProgressError.errno)
_BOOT_TIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

Send = Callable[[], Awaitable[Any]]
Layer = Callable[[Any, Send], Awaitable[Any]]
"""Takes a request and what sends it on; returns the answer or raises (`client.py`)."""


class OwnershipLostError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """What was to be written may belong to another worker by now."""


def running_time() -> float:
    """Seconds that go on while the process is stopped or the machine sleeps."""
    return time.clock_gettime(_BOOT_TIME)


class Lease:
    """Renewed in the consumer's thread, asked from any."""

    def __init__(
        self, seconds: float, clock: Callable[[], float] = running_time
    ) -> None:
        """`seconds`: the session timeout of the group."""
        self._seconds = seconds
        self._clock = clock
        self._until = 0.0
        self._leave_by: float | None = None

    def now(self) -> float:
        """The clock the lease is counted by."""
        return self._clock()

    def renew(self, asked_at: float) -> None:
        """Kafka called us a member in its answer to what we asked at `asked_at`."""
        self._until = asked_at + self._seconds

    def joined(self, asked_at: float) -> None:
        """Kafka gave us partitions in its answer to what we asked at `asked_at`."""
        self._leave_by = None
        self.renew(asked_at)

    def leave_within(self, seconds: float) -> None:
        """A rebalance has begun; after `seconds` it goes on without us."""
        self._leave_by = self._clock() + seconds

    def end(self) -> None:
        """From now on nothing is written: we have stopped, or Kafka disowned us."""
        self._leave_by = self._clock()

    def holds(self) -> bool:
        """Whether nobody else owns our partitions when what is sent now arrives."""
        arrived = self._clock() + ON_THE_WAY_S
        return arrived < self._until and (
            self._leave_by is None or arrived < self._leave_by
        )

    async def proven(self) -> None:
        """Return when the lease holds.

        Without one, a heartbeat that is on its way may still renew it: a short stop,
        a broker that restarts. Once a rebalance has begun none will.

        Raises:
            OwnershipLostError: the partitions may be another worker's.
        """
        while not self.holds():
            if self._leave_by is not None:
                raise OwnershipLostError(
                    "stopped or cut off for longer than the session timeout"
                )
            await asyncio.sleep(_POLL_S)


def renewing(lease: Lease) -> Layer:
    """Renew `lease` by what the group's coordinator answers (see `client.py`)."""

    async def renew(request: Any, send: Send) -> Any:
        asked_at = lease.now()
        answer = await send()
        match request:
            case SyncGroupRequest() if answer.error_code == NoError.errno:
                lease.joined(asked_at)
            case HeartbeatRequest() if answer.error_code in _STILL_MEMBER:
                lease.renew(asked_at)
        return answer

    return renew
