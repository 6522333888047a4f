"""What one receiver is told: its queues, out of what was counted for all. Pure."""

from collections.abc import Mapping

from alerts.digests.counted import Counted, Kept, QueueFigures
from alerts.digests.due import LATE, Due
from alerts.digests.message import Digest
from stream.config import Config
from stream.config.audience import hears_of


def digest_of(
    receiver: str,
    due: Due,
    counted: Counted,
    kept: Kept,
    config: Config,
    *,
    acted_on: Mapping[str, bool],
    up_since: int,
    now: int,
) -> Digest:
    """Compose it; instants in milliseconds.

    `acted_on`: of the alerts of its queues, by key, whether somebody did something.
    """
    known = {*config.queues, *counted.waiting}.union(*counted.by_queue)
    queues = {queue for queue in known if hears_of(receiver, queue, config)}
    yesterday, *week = (
        {queue: found.get(queue, QueueFigures()) for queue in queues}
        for found in counted.by_queue
    )
    begin = min(period.begin for period in counted.periods)
    return Digest(
        day=due.day,
        yesterday=yesterday,
        waiting={q: counted.waiting[q] for q in queues & counted.waiting.keys()},
        last_week=week[0] if week else None,
        acted_on=sum(acted_on.values()),
        ignored=len(acted_on) - sum(acted_on.values()),
        up_since=up_since,
        last=counted.last,
        kept_since=kept.since,
        is_cut=kept.since > begin,
        slowest=counted.slowest,
        late=due.at if now - due.at > LATE else None,
    )
