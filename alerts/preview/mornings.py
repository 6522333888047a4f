"""A digest with made-up numbers, for the queues of a receiver that has one. Pure."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

from alerts.digests.composing import digest_of
from alerts.digests.counted import Counted, Kept, QueueFigures, Waiting
from alerts.digests.due import last_due
from alerts.digests.message import digesting
from alerts.preview.places import MONDAY
from alerts.slack.blocks import Message
from stream.config import Config
from stream.config.audience import hears_of
from stream.sla.facts import Measure
from stream.sla.hours import DAY
from stream.sla.instants import HOUR, MINUTE, to_ms

_MOST = 3
_ACTED_ON, _IGNORED = 23, 4


def morning(config: Config) -> tuple[str, int, Message] | None:
    """The receiver, when (ms) and what, on a Monday; None where nobody has a digest."""
    digests = ((n, r.digest) for n, r in config.alerts.receivers.items())
    receiver, minutes = next((each for each in digests if each[1] is not None), ("", 0))
    if not receiver or minutes is None:
        return None
    midnight = (MONDAY + timedelta(days=1)).replace(hour=0)
    now = to_ms(midnight.replace(tzinfo=ZoneInfo(config.timezone))) - MINUTE
    due = last_due(minutes, config.timezone, now)
    assert due.last_week is not None  # it is a Monday
    counted = Counted((due.yesterday, due.last_week))
    queues = [name for name in config.queues if hears_of(receiver, name, config)]
    for number, queue in enumerate(queues[:_MOST]):
        for days, figures in zip((1, 7), counted.by_queue, strict=True):
            broken = Counter({Measure.FIRST_REPLY: days * (2 - number)})
            met = days * (40 - 9 * number)
            figures[queue] = QueueFigures(met, +broken, (95 - 40 * number) * MINUTE)
    if queues:
        counted.waiting[queues[0]] = Waiting(1, due.at - 14 * HOUR)
    counted.last = due.at - 4 * MINUTE
    digest = digest_of(
        *(receiver, due, counted, Kept(due.at - 30 * DAY, is_whole=False), config),
        acted_on={str(n): n < _ACTED_ON for n in range(_ACTED_ON + _IGNORED)},
        up_since=due.at - 20 * DAY,
        now=due.at,
    )
    return receiver, due.at, digesting(digest)
