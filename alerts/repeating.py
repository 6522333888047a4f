"""Repeating: sinks that forget are told again what is so (ADR 24).

What has ended is told once more, and not again: the repetition that was under way when
it ended may have come later than its end.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

from alerts.alert import OPEN, Alert
from alerts.entry import Entry
from alerts.failure import FailureReason, SinkFailure
from alerts.sinks.sink import Saying
from alerts.sinks.sinks import Sinks

AT_ONCE = 500
"""So many entries are read and told in one request."""


async def repeat_all(
    entries: Iterable[Entry],
    *,
    sinks: Sinks,
    say: Callable[[Entry, Alert], Awaitable[Saying]],
    failed: Callable[[str, FailureReason], None],
) -> list[str]:
    """Tell each again; returns the keys of those that have ended, and are told so.

    Those whose sink refuses (`failed`) are told the next time.
    """
    ended: list[str] = []
    places: defaultdict[str, list[Saying]] = defaultdict(list)
    for entry in entries:
        alert, place = entry.alert, entry.channel
        if place is not None and alert is not None and entry.ts is not None:
            places[place].append(await say(entry, alert))
        elif alert is None or alert.state not in OPEN:
            ended.append(entry.key)  # never told, or forgotten
    for place, sayings in places.items():
        try:
            if (sink := sinks.alertmanager(place)) is not None:
                await sink.repeat(sayings)
        except SinkFailure as failure:
            failed(sayings[0].receiver, failure.reason)
        else:
            ended += [saying.key for saying in sayings if not saying.is_open]
    return ended
