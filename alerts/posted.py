"""What this process posted lately: Redis may forget it, and it must not come twice.

Redis loses its last second by a failover or a power cut, and with it perhaps the note
that a message is in the channel. While we live, we know better. What was told before
we started may have ended with us: then another message is in doubt, and looked for at
the end of the wait (semantics 4.6).
"""

from collections import OrderedDict

from stream.sla.instants import HOUR

_REMEMBERED = 10_000
"""Messages; some megabytes."""
_IN_DOUBT = 24 * HOUR


class Posted:
    """By alert and channel; instants in milliseconds of wall time."""

    def __init__(self, started: int) -> None:
        self._started = started
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    def ts(self, key: str, channel: str) -> str | None:
        """The message of alert `key` in `channel`, where we posted one."""
        return self._known.get((key, channel))

    def remember(self, key: str, channel: str, ts: str) -> None:
        """It is there, whatever Redis will say."""
        self._known[key, channel] = ts
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def doubt(self, noticed_at: int) -> int | None:
        """Since when a message may be there that somebody posted before we started."""
        is_recent = self._started - _IN_DOUBT < noticed_at < self._started
        return noticed_at if is_recent else None
