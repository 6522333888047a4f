"""Climbs: conversations that are warned of, broken, escalated and answered at last.

They have a queue and a promise of seconds of their own (`dev.demo.rules`), so that the
demo shows each step; two of them are pressed on (`dev.demo.pressing`) in time, and not
escalated:

    0 s       10 s      15 s            20 s     25 s         30 s
    customer  warning   one is answered broken   escalation   the others are answered
"""

from dev.demo.said import said
from stream.simulator.play import Play
from stream.simulator.stories import POSTS, SECOND, Delivery

QUEUE = "website"
COUNT = 6
WARNED, BROKEN, ESCALATED = 10 * SECOND, 20 * SECOND, 25 * SECOND
_KEPT, _LATE = 15 * SECOND, 30 * SECOND
_FIRST, _SPACING = 3 * SECOND, 2 * SECOND
"""From the beginning, and between two."""


def add_climbs(play: Play, account: str, start: int, first: int) -> None:
    """Have them climb on `account` from `start` (ms); customers count from `first`."""
    for number in range(COUNT):
        is_kept = number == COUNT - 1
        at = start + _FIRST + number * _SPACING
        customer = str(15_560_000_000 + first + number)
        reply_at = at + (_KEPT if is_kept else _LATE)
        for body, said_at in (
            (said(account, QUEUE, customer, at, "inbound"), at),
            (said(account, QUEUE, customer, reply_at, "outbound"), reply_at),
        ):
            play.deliveries.append(Delivery(said_at, POSTS, body, 1))
        play.truth.webhooks += 2
        play.truth.events += 2
        play.truth.sessions += 1
        play.truth.warned += 1
        if is_kept:
            play.truth.met += 1
            play.truth.kept_after_warning += 1
        else:
            play.truth.breached += 1
            play.truth.escalated += 1
            play.truth.answered_late += 1
    play.deliveries.sort(key=lambda delivery: delivery.at)
