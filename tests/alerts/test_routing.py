"""Who is told."""

import pytest

from alerts.routing import Routes, receiver_of, tells
from stream.config import Config, Route, parse_config
from stream.config.alerts import Tell
from stream.sla.events import Channel
from stream.sla.facts import Measure
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


TOLD = {
    "a breach": (None, "breach", False, True),
    "an escalation": (None, "escalation", False, True),
    "no warning, unless": (None, "warning", False, False),
    "it is of the window": (None, "warning", True, True),
    "what the route names": (("warning",), "warning", False, True),
    "and nothing else": (("warning",), "breach", False, False),
    "of the window, too": (("breach",), "warning", True, False),
}


@pytest.mark.parametrize(
    ("tell", "what", "of_window", "expected"), TOLD.values(), ids=TOLD
)
def test_what_is_told(
    tell: tuple[Tell, ...] | None,
    what: Tell,
    of_window: bool,  # noqa: FBT001  pytest's
    expected: bool,  # noqa: FBT001  pytest's
) -> None:
    """By default breaches, escalations and what a window's warnings are for."""
    measure = Measure.WINDOW if of_window else Measure.NEXT_REPLY
    fact = Cycle(measure=measure).warned()

    assert tells(what, fact, (Route(to="rest", tell=tell),)) is expected


def test_warnings_that_nobody_is_told_are_not_read() -> None:
    """They would be remembered, each until its conversation is answered."""
    sales = "{match: {queue: sales}, to: ops, tell: [warning]}"
    routes = Routes(example(f"routes: [{sales}, {{to: ops}}]"))

    assert routes.concern(Cycle().warned())
    assert not routes.concern(Cycle(queue="support").warned())
    assert routes.concern(Cycle(queue="support").breached())
    assert not routes.concern(Cycle(shadow=True).warned())
    routes.take(example("routes: [{to: ops}]"))
    assert not routes.concern(Cycle().warned())


def example(routes: str) -> Config:
    return parse_config(
        f"""
version: 1
queues: {{sales: {{accounts: ["whatsapp:1"]}}}}
policies: [{{name: everyone, targets: {{first_reply: 30m}}}}]
alerts:
  {routes}
  receivers: {{ops: {{slack: {{channel: C0OPS}}}}}}
""",
        "test.yaml",
    )
