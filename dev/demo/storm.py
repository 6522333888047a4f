"""A storm: many promises of one queue break at once, and all are answered late.

0 s            12 s                 27 s
all write  ──▶ all are broken  ──▶  all are answered
"""

from dev.demo.said import said
from stream.simulator.play import Play
from stream.simulator.stories import POSTS, SECOND, Delivery

QUEUE = "delivery"
COUNT = 12
WITHIN = 15 * SECOND
LIMITS = {"threshold": 6, "window": "5s"}
"""More than this is one: everywhere else one breaks every other second."""
_FIRST, _ANSWERED = 3 * SECOND, 30 * SECOND


def add_storm(play: Play, account: str, start: int, first: int) -> None:
    """Have it break over `account`, from `start` (ms); customers count from `first`."""
    at = start + _FIRST
    for number in range(COUNT):
        customer = str(15_570_000_000 + first + number)
        for direction, said_at in (("inbound", at), ("outbound", at + _ANSWERED)):
            body = said(account, QUEUE, customer, said_at, direction)
            play.deliveries.append(Delivery(said_at, POSTS, body, 1))
        play.truth.webhooks += 2
        play.truth.events += 2
        play.truth.sessions += 1
        play.truth.breached += 1
        play.truth.answered_late += 1
        play.truth.stormy += 1
    play.deliveries.sort(key=lambda delivery: delivery.at)
