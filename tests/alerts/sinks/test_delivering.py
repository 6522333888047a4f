"""Deliveries to other sinks beside Slack: real Redis, real servers, one deliverer."""

import json
import logging

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from alerts.alert import alert_key
from alerts.ledger import Ledger
from alerts.notice import fallback_key
from dev.slack.client import SlackStandIn
from stream.config import Alerts
from stream.sla.instants import MINUTE
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually
from tests.alerts.sinks.conftest import Hook

pytestmark = pytest.mark.broker

CONFIG = Alerts.model_validate(
    {
        "routes": [
            {"match": {"queue": "sales"}, "to": "desk"},
            {"match": {"queue": "uk"}, "to": "pager"},
            {"match": {"queue": "mail"}, "to": "mail", "tell": ["warning", "breach"]},
            {"to": "ops-slack"},
        ],
        "receivers": {
            "desk": {
                "webhook": {"url_from": "DESK"},
                "fallback": {"to": "ops-slack", "after": "10s"},
            },
            "pager": {"alertmanager": {"url_from": "OPS"}},
            "mail": {"apprise": {"url_from": "MAIL"}},
            "ops-slack": {"slack": {"channel": "C0OPS", "mention": "@here"}},
        },
    }
)
CYCLE = Cycle("a")


@pytest.fixture
def delivering(ledger: Ledger, slack: SlackStandIn, _hooked: None) -> Delivering:
    return Delivering(ledger, slack, CONFIG)


def failed(delivering: Delivering, receiver: str, reason: str) -> float:
    labels = {"receiver": receiver, "reason": reason}
    name = "replyclock_alert_failures_total"
    return delivering.metrics.registry.get_sample_value(name, labels) or 0


async def test_a_webhook_is_told_each_state(delivering: Delivering, hook: Hook) -> None:
    """Broken, answered, taken back, in time after all: once each, in order."""
    async with delivering.running():
        for facts in (
            [CYCLE.breached()],
            [CYCLE.answered()],
            [CYCLE.taken_back()],
            [CYCLE.retracted(), CYCLE.met()],
        ):
            await delivering.tell(*facts)
            await delivering.settled()

    assert hook.states == ["breached", "answered", "breached", "retracted"]
    assert {data["key"] for data in hook.said} == {alert_key(CYCLE.breached())}
    assert delivering.counted("desk", "breached", "posted") == 1


async def test_promises_of_one_conversation_are_told_one_by_one(
    delivering: Delivering, hook: Hook
) -> None:
    """Lines of one message are Slack's: here each promise has its key and its end."""
    other = [CYCLE.breached(), CYCLE.breached(measure="resolution")]
    async with delivering.running():
        for fact in other:
            await delivering.tell(fact)
            await delivering.settled()

    assert sorted(data["measure"] for data in hook.said) == [
        "first_reply",
        "resolution",
    ]


async def test_an_error_is_tried_again_with_one_id(
    delivering: Delivering, hook: Hook
) -> None:
    """It answers 500 and may have taken it: the same id until it says that it did."""
    hook.status = 500
    with capture_logs() as said:
        async with delivering.running():
            await delivering.tell(CYCLE.breached())
            await eventually(lambda: _asked(hook, 3))
            hook.status = 204
            await delivering.settled()

    assert len({*hook.idents}) == 1
    levels = [line["log_level"] for line in said if "place" in line]
    assert levels == ["warning", "info"]  # said once, and that it is over
    assert failed(delivering, "desk", "server") >= 3


async def test_what_was_perhaps_told_is_told_its_end(
    delivering: Delivering, hook: Hook
) -> None:
    """It answered 500, and the wait was over before it was told again."""
    hook.status = 500
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await eventually(lambda: _asked(hook, 1))
        await delivering.tell(CYCLE.answered())
        hook.status = 204
        await delivering.settled()

    assert hook.states[-1] == "answered"


async def test_one_that_hangs_holds_nobody_up(
    delivering: Delivering, hook: Hook
) -> None:
    """While the webhook does not answer, Slack goes on."""
    hook.hangs = True
    async with delivering.running(sink_seconds=60) as _:
        await delivering.tell(CYCLE.breached())
        await eventually(lambda: _asked(hook, 1))
        for name in ("x", "y"):
            await delivering.tell(Cycle(name, queue="ops").breached())
        await eventually(lambda: _shown(delivering, 2))
        assert len(hook.asked) == 1
        hook.hangs = False
        hook.end.set()
        await delivering.settled()


async def test_redis_forgets_what_was_told(
    delivering: Delivering, hook: Hook, redis: Redis, prefix: str
) -> None:
    """All is lost and read again: it is told the same once more, under the same id."""
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
    async for name in redis.scan_iter(f"*{prefix}*"):
        await redis.delete(name)
    async with delivering.running():
        await delivering.tell_again(CYCLE.breached())
        await delivering.settled()
        await delivering.tell_again(CYCLE.breached(), CYCLE.answered())
        await delivering.settled()

    assert hook.states == ["breached", "breached", "answered"]
    assert hook.idents[0] == hook.idents[1]


@pytest.mark.parametrize(("status", "reason"), [(302, "redirect"), (500, "server")])
async def test_the_fallback(
    delivering: Delivering, hook: Hook, status: int, reason: str
) -> None:
    """A sink that refuses for too long: another is told, and why; both are ended."""
    hook.status = status
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await eventually(lambda: _shown(delivering, 1), 30)
        [message] = await delivering.messages("C0OPS")
        assert "Told here because *desk* does not take alerts now." in json.dumps(
            message["blocks"]
        )
        assert message["blocks"][1]["text"]["text"].startswith("<!here>")
        await delivering.tell(Cycle("b").breached())
        await eventually(lambda: _shown(delivering, 2), 5)
        hook.status = 204
        hook.bodies.clear()
        await eventually(lambda: _told(hook, 2))
        await delivering.tell(CYCLE.answered())
        await delivering.settled()

    titles = [title.split(" ")[0] for title in await delivering.titles("C0OPS")]
    assert titles == ["🟡", "🔴"]
    shown = {data["key"]: data["state"] for data in hook.said}
    assert list(shown.values()) == ["answered", "breached"]
    assert failed(delivering, "desk", reason) >= 1
    name = "replyclock_alert_fallbacks_total"
    labels = {"receiver": "desk"}
    assert delivering.metrics.registry.get_sample_value(name, labels) == 2


async def test_a_secret_that_is_not_set(
    delivering: Delivering, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a reload: its alerts wait, others are told, and the log names it."""
    monkeypatch.setenv("REPLYCLOCK_SINK_DESK_SECRET", "whsec_hush")
    with capture_logs() as said:
        async with delivering.running():
            await delivering.tell(CYCLE.breached(), Cycle("x", queue="ops").breached())
            await eventually(lambda: _shown(delivering, 1))

    [complaint] = [line for line in said if line["log_level"] == "error"]
    assert complaint["place"] == "webhook DESK"
    assert "REPLYCLOCK_SINK_DESK_SECRET must be whsec_" in complaint["detail"]
    assert "hush" not in str(said)
    assert hook.asked == []


async def test_apprise_is_told_once(
    delivering: Delivering, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of the breach, in plain text; it is told no end, and nothing waits."""
    monkeypatch.setenv("REPLYCLOCK_SINK_MAIL", hook.url.replace("http://", "json://"))
    cycle = Cycle("m", queue="mail")
    async with delivering.running():
        await delivering.tell(cycle.breached())
        await delivering.settled()
        await delivering.tell(cycle.answered())
        await delivering.settled()

    [body] = [json.loads(body) for body in hook.bodies]
    assert body["message"].startswith("🔴 mail: no first reply within 30 min (WhatsApp")


async def test_apprise_is_told_that_a_warning_broke(
    delivering: Delivering, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot edit the warning, so the breach is a message of its own."""
    monkeypatch.setenv("REPLYCLOCK_SINK_MAIL", hook.url.replace("http://", "json://"))
    cycle = Cycle("m", queue="mail")
    delivering.now = lambda: cycle.deadline - MINUTE
    async with delivering.running():
        await delivering.tell(cycle.warned())
        await delivering.settled()
        await delivering.tell(cycle.breached())
        await delivering.settled()

    warning, breach = [json.loads(body)["message"] for body in hook.bodies]
    assert warning.startswith("🟠 mail: no first reply yet")
    assert breach.startswith("🔴 mail: no first reply within 30 min")


async def test_a_fallback_that_is_taken_out_of_the_rules(
    delivering: Delivering, hook: Hook
) -> None:
    """It was wanted and not told yet: nobody is told, and nothing waits for it."""
    desk = CONFIG.receivers["desk"].model_copy(update={"fallback": None})
    receivers = CONFIG.receivers | {"desk": desk}
    delivering.alerts = CONFIG.model_copy(update={"receivers": receivers})
    async with delivering.running():
        await delivering.tell(CYCLE.breached())
        await delivering.settled()
        key = fallback_key(alert_key(CYCLE.breached()), "desk")
        assert await delivering.ledger.ask(key, delivering.now())
        delivering.deliverer.wake([key])
        await delivering.settled()

    assert await delivering.messages("C0OPS") == []
    assert hook.states == ["breached"]


async def test_apprise_refused(
    delivering: Delivering,
    hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is tried again; Apprise's own log, which quotes addresses, is silent."""
    monkeypatch.setenv("REPLYCLOCK_SINK_MAIL", hook.url.replace("http://", "json://"))
    hook.status = 500
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG), capture_logs() as said:
        async with delivering.running():
            await delivering.tell(Cycle("m", queue="mail").breached())
            await eventually(lambda: _asked(hook, 2))
            hook.status = 200
            await delivering.settled()

    assert failed(delivering, "mail", "server") >= 2
    logged = [each for each in caplog.records if each.name != "aiohttp.access"]
    assert "hush" not in str([record.getMessage() for record in logged])
    assert "hush" not in str(said)


async def _asked(hook: Hook, times: int) -> bool:
    return len(hook.asked) >= times


async def _told(hook: Hook, keys: int) -> bool:
    return len({data["key"] for data in hook.said}) >= keys


async def _shown(delivering: Delivering, count: int) -> bool:
    return len(await delivering.messages("C0OPS")) == count
