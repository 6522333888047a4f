"""Lists: messages about many, as they would be of made-up alerts. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.alert import Alert, AlertState
from alerts.presses.press import Press, PressKind
from alerts.storms.listing import SHOWN, Cause, Listing
from stream.sla.instants import MINUTE

_BROKEN, _WAIT = 212, 22
"""The made-up numbers, of one list."""


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list message; `waiting` of those in it wait."""

    title: str
    cause: Cause
    waiting: int = _WAIT
    is_growing: bool = False
    had: bool = False
    """Whether somebody took them all."""


LISTS = {
    "storm": ListKind("Many at once: a storm", Cause.STORM, is_growing=True),
    "storm_over": ListKind("A storm is over", Cause.STORM, waiting=0),
    "downtime": ListKind("Found after we were away", Cause.DOWNTIME),
    "opening": ListKind("The opening, after closed hours", Cause.OPENING),
    "unmuted": ListKind("A queue is no longer muted", Cause.UNMUTED),
    "returns": ListKind("All were taken, and some wait still", Cause.RETURNS, had=True),
    "escalations": ListKind("Alerts of a list are escalated", Cause.ESCALATIONS),
    "fallbacks": ListKind("The sink of another refuses a list", Cause.FALLBACKS),
}
"""By what `--kind` calls them."""


def listing_of(kind: ListKind, receiver: str, alerts: Sequence[Alert]) -> Listing:
    """A list of many such as `alerts`, which wait; one of its queues has no answer."""
    queues = Counter(alert.ground.queue for alert in alerts)
    began = min(alert.ground.noticed_at for alert in alerts)
    first = alerts[0].ground.queue
    counts = {queue: _BROKEN // len(queues) for queue in queues}
    counts[first] += _BROKEN - sum(counts.values())
    had = Press(
        press_id="made-up",
        kind=PressKind.TAKE,
        by="U0ANA",
        at=began - 30 * MINUTE,
        until=began,
    )
    return Listing(
        key="storm:made-up",
        version=1,
        cause=kind.cause,
        receiver=receiver,
        began=began,
        is_held=False,
        is_growing=kind.is_growing,
        queues=counts,
        waiting=kind.waiting,
        over={AlertState.ANSWERED: _BROKEN - kind.waiting},
        longest=38 * MINUTE,
        ended=began + 50 * MINUTE,
        late=0,
        overdue=alerts[:SHOWN] if kind.waiting else (),
        last_replies={first: began - 12 * MINUTE},
        waited=kind.waiting + 3,
        taken=had if kind.had else None,
    )
