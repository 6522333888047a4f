"""Wall time that a jump of the clock does not move at once.

A clock that is set ahead by an hour would break every promise that ends in it, and one
set ahead by days would forget conversations. So a jump against the time since boot is
said and not believed until it has lasted `CONFIRMED`: meanwhile time goes on as before,
also in the dates of facts and of Kafka's records (of which it takes none from more than
an hour ahead). A clock that is set back is believed: nothing is concluded that was not
due. When it comes right again that is a jump ahead: for a minute breaches are told as
late as it was back.
"""

from collections.abc import Callable

import structlog

from stream.sla.instants import SECOND

log = structlog.get_logger(__name__)

JUMP = 5 * SECOND
"""NTP slews what is less; a paused machine's time since boot goes on, too."""
CONFIRMED = 60 * SECOND


class Wall:
    """Call it for milliseconds since the epoch.

    Args:
        wall: the clock of the machine, in ms.
        running: ms since boot; goes on while the process or the machine is stopped.
    """

    def __init__(self, wall: Callable[[], int], running: Callable[[], int]) -> None:
        self._wall = wall
        self._running = running
        self._known = wall(), running()
        self._jump: tuple[int, int] | None = None
        """When it was first seen, and how far it goes."""

    def __call__(self) -> int:
        wall, running = self._wall(), self._running()
        expected = self._known[0] + running - self._known[1]
        ahead = wall - expected
        if ahead > JUMP:
            if self._jump is None or abs(ahead - self._jump[1]) > JUMP:
                self._jump = running, ahead
                log.warning("the clock jumped ahead, not believed yet", by_ms=ahead)
            if running - self._jump[0] < CONFIRMED:
                return expected
            log.warning("the clock that jumped is believed", by_ms=ahead)
        self._jump, self._known = None, (wall, running)
        return wall
