"""Who is told."""

import pytest

from alerts.routing import receiver_of
from stream.config import Route
from stream.sla.events import Channel
from tests.alerts.cycles import Cycle

ROUTES = (
    Route(match={"queue": "sales", "channel": "messenger"}, to="both"),
    Route(match={"queue": "sales"}, to="sales"),
    Route(match={"policy": "vip"}, to="vip"),
    Route(match={"account": "77"}, to="account"),
    Route(to="rest"),
)

CASES = {
    "all pairs of a route must match": (
        Cycle(queue="sales", channel=Channel.MESSENGER),
        "both",
    ),
    "the first match wins": (Cycle(queue="sales", policy="vip"), "sales"),
    "a policy's name routes": (Cycle(queue="support", policy="vip"), "vip"),
    "an account routes": (Cycle(queue="support", account="77"), "account"),
    "the last route catches all": (Cycle(queue="unrouted"), "rest"),
}


@pytest.mark.parametrize(("cycle", "expected"), CASES.values(), ids=CASES)
def test_route(cycle: Cycle, expected: str) -> None:
    """Each case goes to the receiver that it says."""
    assert receiver_of(cycle.breached(), ROUTES) == expected


def test_nothing_is_dropped_silently() -> None:
    """Routes that do not catch all are refused."""
    with pytest.raises(LookupError, match="catch all"):
        receiver_of(Cycle(queue="other").breached(), ROUTES[:-1])
