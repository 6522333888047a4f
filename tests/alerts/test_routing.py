"""Who is told."""

from collections.abc import Sequence

import pytest

from alerts.alert import Told
from alerts.destination import destination_of, whom
from alerts.entry import Entry
from alerts.folding import fold
from alerts.routing import Routes, receiver_of, tells
from stream.config import Alerts, Config, Route, parse_config
from stream.config.alerts import Receiver, SlackReceiver, Tell
from stream.config.faults import ConfigError
from stream.config.oddities import oddities
from stream.config.on_call import OnCall
from stream.sla.events import Channel
from stream.sla.facts import Measure
from stream.sla.instants import HOUR
from tests.alerts.cycles import DEADLINE, NINE, Cycle

ROUTES = (
    Route(match={"queue": "sales", "channel": "messenger"}, to=OnCall(then="both")),
    Route(match={"queue": "sales"}, to=OnCall(then="sales")),
    Route(match={"policy": "vip"}, to=OnCall(then="vip")),
    Route(match={"account": "77"}, to=OnCall(then="account")),
    Route(to=OnCall(then="rest")),
)


def alerts(routes: Sequence[Route]) -> Alerts:
    return Alerts(
        routes=tuple(routes),
        receivers={"rest": Receiver(slack=SlackReceiver(channel="C0REST"))},
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
    assert receiver_of(cycle.breached(), alerts(ROUTES), DEADLINE) == expected


def test_an_account_may_be_written_as_queues_have_it() -> None:
    """With its channel (semantics 6.8), and then of that channel only."""
    routes = (
        Route(match={"account": "whatsapp:77"}, to=OnCall(then="account")),
        ROUTES[-1],
    )
    for channel, expected in (("whatsapp", "account"), ("messenger", "rest")):
        fact = Cycle(account="77", channel=Channel(channel)).breached()
        assert receiver_of(fact, alerts(routes), DEADLINE) == expected


def test_nothing_is_dropped_silently() -> None:
    """Routes that do not catch all are refused."""
    with pytest.raises(LookupError, match="catch all"):
        receiver_of(Cycle(queue="other").breached(), alerts(ROUTES[:-1]), DEADLINE)


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

    assert tells(what, fact, (Route(to=OnCall(then="rest"), tell=tell),)) is expected


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


def test_who_is_on_call_by_the_time() -> None:
    """At nine the office is open, at its very end it is closed."""
    config = on_call()
    fact = Cycle().breached()
    assert receiver_of(fact, config, NINE) == "team"
    assert receiver_of(fact, config, NINE - 1) == "duty"
    assert receiver_of(fact, config, NINE + 8 * HOUR) == "duty"


def test_whoever_has_the_work_is_called() -> None:
    """Where `people` knows them; nobody else is."""
    config = on_call()
    team, duty = config.receivers["team"], config.receivers["duty"]
    for assignee, called in (("agent-42", "U0ANA"), ("agent-7", None), (None, None)):
        alert = fold([Told.of(Cycle(assignee=assignee).breached(), 0)])
        assert alert is not None
        assert whom(alert, team, config) == called
        assert whom(alert, duty, config) == "@here"


ON_CALL = "{calendar: office, then: team, else: duty}"


def on_call(to: str = ON_CALL) -> Alerts:
    return on_call_config(to).alerts


def on_call_config(to: str = ON_CALL, people: str = "{agent-42: U0ANA}") -> Config:
    text = f"""
version: 1
calendars: {{office: {{week: {{mon-fri: ["09:00-17:00"]}}}}}}
policies: [{{name: everyone, targets: {{first_reply: 30m}}}}]
alerts:
  people: {people}
  routes: [{{to: {to}}}]
  receivers:
    team: {{slack: {{channel: C0TEAM, mention: assignee}}}}
    duty: {{slack: {{channel: C0DUTY, mention: "@here"}}}}
"""
    return parse_config(text, "test.yaml")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("{calendar: offise, then: team, else: duty}", "no calendar 'offise'"),
        ("{calendar: office, then: team, else: dutty}", "no receiver 'dutty'"),
        ("{calendar: office, then: team}", "calendar and else go together"),
        ("{then: team, otherwise: duty}", "otherwise"),
    ],
)
def test_on_call_that_leads_nowhere_is_refused(to: str, said: str) -> None:
    """`check` says where."""
    with pytest.raises(ConfigError) as refused:
        on_call(to)
    assert said in str(refused.value)
    assert "alerts.routes" in str(refused.value)


def test_check_warns_of_an_assignee_whom_nobody_knows() -> None:
    """Such a receiver calls nobody."""
    path = ("alerts", "receivers", "team", "slack", "mention")
    assert path not in dict(oddities(on_call_config(), 2026))
    nobody = on_call_config(people="{}")
    assert dict(oddities(nobody, 2026))[path].startswith("calls nobody")


def test_who_was_told_is_called_again() -> None:
    """In the message's thread, whoever is on call by then."""
    alert = fold([Told.of(Cycle().breached(), 0)])
    assert alert is not None
    place = {"receiver": "duty", "channel": "C0DUTY", "ts": "1.0"}
    first = Entry(key="k", version=1, alert=alert, **place)
    threads = {"C0DUTY": "1.0"}
    back = Entry(key="k/return:1", version=1, alert=alert, first=first, threads=threads)
    where = destination_of(back, alert, on_call(), NINE)
    assert (where.receiver, where.channel, where.thread) == ("duty", "C0DUTY", "1.0")
    assert where.mention == "@here"
