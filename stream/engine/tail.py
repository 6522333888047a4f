"""The end of a partition where offsets hold no record: nothing follows to show it.

Markers and aborted records of a transaction, or what retention took before we read it:
nothing is delivered there, only the position goes on.
"""

from typing import Any

import structlog
from aiokafka.errors import IllegalStateError
from faust.types import TP

from stream.engine.isolation import readable_end

log = structlog.get_logger(__name__)


async def position_at_end(consumer: Any, tp: TP) -> int | None:
    """The position, when nothing that may be read follows; None: something does."""
    try:
        at: int | None = await consumer.position(tp)
    except IllegalStateError:
        return None  # a rebalance took it meanwhile
    end = readable_end(consumer._thread._ensure_consumer(), tp)  # noqa: SLF001 - listed in guard.py
    return at if at is not None and end is not None and at >= end else None


async def say_expired(consumer: Any, tp: TP, expected: int) -> None:
    """Markers are nobody's loss; what retention took before we read it is said."""
    first = (await consumer.earliest_offsets(tp))[tp]
    if first > expected:
        say_missing(tp, expected, first)


def say_missing(tp: TP, expected: int, found: int) -> None:
    """A hole that is in Kafka itself."""
    log.warning(
        "offsets missing in the topic",
        topic=tp.topic,
        partition=tp.partition,
        expected=expected,
        found=found,
    )
