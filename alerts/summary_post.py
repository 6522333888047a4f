"""Summaries that are due, posted: a message a receiver (semantics 3.5)."""

from collections.abc import Callable, Mapping, Sequence

import structlog

from alerts.failure import SinkFailure
from alerts.sinks.sinks import Sinks
from alerts.slack.summing_up import summing_up
from alerts.summary import Summaries, Summary
from stream.config.alerts import Receiver

log = structlog.get_logger(__name__)


async def tell_all(
    due: Sequence[Summary],
    *,
    summaries: Summaries,
    sinks: Sinks,
    receivers: Mapping[str, Receiver],
    summed_up: Callable[[str], None],
) -> None:
    """Post each and forget it; one of a receiver that is no more is forgotten.

    Raises `SinkFailure`, after the others got theirs, and `redis.RedisError`; what was
    not told stays.
    """
    failed = None
    for summary in due:
        known = receivers.get(summary.receiver)
        try:
            if known is not None:
                message, key = summing_up(summary), f"summary-{summary.first}"
                await sinks.of(known.place).say(known.place, message, key)
                summed_up(summary.receiver)
        except SinkFailure as failure:
            failed = failure  # of this channel
            continue
        await summaries.told(summary)
        log.info("alerts summed up", receiver=summary.receiver, count=summary.total)
    if failed is not None:
        raise failed
