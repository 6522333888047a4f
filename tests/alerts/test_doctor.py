"""The delivery side's checks beside a real Redis and the stand-in Slack."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from alerts.delivery import wall_ms
from alerts.doctor import CUSTOMERS, checks
from alerts.inbox.examining import PRESSES
from alerts.ledger import Ledger
from alerts.presses.press import Press, PressKind
from stream.config import load_config, parse_config
from stream.doctor.check import Finding, Mark, examine
from stream.process.settings import Settings
from stream.sla.instants import MINUTE, rfc3339

EXAMPLE = Path(__file__).parents[2] / "config" / "sla.yaml"
CONFIG = load_config(EXAMPLE)


async def found_with(config: object = CONFIG, **settings: object) -> list[Finding]:
    given = {"contact_key": "ab" * 32, **settings}
    asked = checks(Settings(**given), config)  # type: ignore[arg-type]
    return [finding async for finding in examine(asked)]


def marks(findings: list[Finding]) -> dict[str, Mark]:
    return {finding.name: finding.mark for finding in findings}


async def test_all_is_well(redis_url, slack):
    """Redis, its clock, the token, and both channels of the config."""
    found = await found_with(
        redis_url=redis_url, slack_api_url=slack.url, slack_bot_token=slack.token
    )

    assert marks(found) == dict.fromkeys(
        ("redis", "redis clock", "slack", "slack channels"), Mark.OK
    ) | {PRESSES: Mark.SKIP}
    assert found[-2].found == "we may read C0OPS, C0SALES"
    assert slack.token not in str(found)


async def test_a_password_that_redis_does_not_know(start_stack, slack):
    """It is a fault of the settings, not of the network, and is not shown."""
    stack = start_stack("redis")
    url = stack.redis_url.replace("redis://", "redis://us:hush-9931@")
    (found, *_) = await found_with(redis_url=url)

    assert found.mark is Mark.FAIL
    assert "does not take this user and password" in found.found
    assert "hush" not in str(found)


async def test_nobody_is_there(redis_url):
    """Redis and Slack away are a line each; no token is no request."""
    (redis, slack) = await found_with(redis_url="redis://127.0.0.1:9/0")

    assert (redis.mark, slack.mark) == (Mark.FAIL, Mark.WARN)
    assert redis.found.startswith("no connection to 127.0.0.1:9")
    assert "REPLYCLOCK_SLACK_BOT_TOKEN is not set" in slack.found

    *_, slack, channels, _ = await found_with(
        redis_url=redis_url, slack_api_url="http://127.0.0.1:9/", slack_bot_token="x"
    )
    assert slack.found.startswith("no answer: network")
    assert channels.mark is Mark.SKIP


async def test_a_token_that_slack_does_not_know(redis_url, slack):
    """Slack's own word is shown, the token is not."""
    *_, found, _, _ = await found_with(
        redis_url=redis_url, slack_api_url=slack.url, slack_bot_token="xoxb-hush"
    )

    assert found.found == "does not take our token: auth.test: invalid_auth"
    assert "hush" not in str(found)


async def test_a_channel_that_does_not_exist(redis_url, slack):
    """It is named, the others are not."""
    receivers = CONFIG.alerts.receivers
    ops = receivers["ops-slack"]
    lost = ops.model_copy(
        update={"slack": ops.slack.model_copy(update={"channel": "C0NOWHERE"})}
    )
    alerts = CONFIG.alerts.model_copy(update={"receivers": receivers | {"lost": lost}})
    config = CONFIG.model_copy(update={"alerts": alerts})

    *_, found, _ = await found_with(
        config,
        redis_url=redis_url,
        slack_api_url=slack.url,
        slack_bot_token=slack.token,
    )

    assert found.mark is Mark.FAIL
    assert found.found == "C0NOWHERE: conversations.history: channel_not_found"


NUMBERED = "https://desk.example/{number}"


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({}, True),
        ({"show_customer: name": "show_customer: none"}, False),
        (
            {
                "show_customer: name": "show_customer: none",
                '242922"]': f'242922"], link: "{NUMBERED}"',
            },
            True,
        ),
    ],
    ids=["a name", "nothing", "a link with the number"],
)
async def test_who_cannot_open_what_is_to_be_shown_is_told(change, is_told):
    """The rules file wants a name and there is no key: alerts would say nothing."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    config = parse_config(text, "sla.yaml")

    told = [
        f for f in await found_with(config, contact_key=None) if f.name == CUSTOMERS
    ]

    assert [finding.mark for finding in told] == [Mark.WARN] * is_told
    assert CUSTOMERS not in marks(await found_with(config))


async def test_a_muted_queue_is_told(redis_url, slack, prefix):
    """By whom, until when and why; not when it is over."""
    now = wall_ms()
    made = {"kind": PressKind.MUTE, "by": "U0ANA", "at": now, "reason": "moving house"}
    async with Redis.from_url(redis_url) as redis:
        mutes = Ledger(redis, prefix).mutes
        await mutes.take("sales", Press(press_id="1", until=now + MINUTE, **made))
        await mutes.take("support", Press(press_id="2", until=now, **made))

    found = await found_with(redis_url=redis_url, topic_prefix=prefix)
    (muted,) = [finding for finding in found if finding.name == "muted queues"]
    assert muted.mark is Mark.WARN
    assert muted.found == (
        f"sales, until {rfc3339(now + MINUTE)}, by U0ANA: moving house"
    )


WAYS_OUT = """
  receivers:
    desk: {webhook: {url_from: DESK}}
    pager: {alertmanager: {url_from: OPS}}
    mail: {apprise: {url_from: MAIL}}
"""


async def test_other_sinks(redis_url, start_stack, monkeypatch):
    """Each is asked whether it is there; what is shown holds no address."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "\n  receivers:\n" in text
    text = text.replace("\n  receivers:\n", WAYS_OUT)
    config = parse_config(text, "sla.yaml")
    stack = start_stack("alertmanager")
    monkeypatch.setenv("REPLYCLOCK_SINK_OPS", stack.alertmanager_url)
    monkeypatch.setenv("REPLYCLOCK_SINK_MAIL", "json://us:hush-1@127.0.0.1:9")
    monkeypatch.setenv("REPLYCLOCK_SINK_DESK", "http://us:hush-2@127.0.0.1:9/hush-3")
    monkeypatch.setenv("REPLYCLOCK_SINK_DESK_SECRET", f"whsec_{'QUJD' * 8}")

    async def found() -> list[tuple[Mark, str]]:
        every = await found_with(config, redis_url=redis_url)
        assert "hush" not in str(every)
        return [(each.mark, each.found) for each in every if each.name == "sinks"]

    assert await found() == [
        (Mark.OK, "alertmanager OPS is there"),
        (Mark.OK, "apprise MAIL is there"),
        (Mark.FAIL, "webhook DESK: ConnectionRefusedError"),
    ]
    monkeypatch.setenv("REPLYCLOCK_SINK_MAIL", "hush://x")
    monkeypatch.delenv("REPLYCLOCK_SINK_DESK_SECRET")
    monkeypatch.setenv("REPLYCLOCK_SINK_OPS", f"{stack.alertmanager_url}/nowhere")
    assert await found() == [
        (Mark.FAIL, "alertmanager OPS: HTTP 404"),
        (Mark.FAIL, "apprise MAIL: no address that Apprise knows"),
        (Mark.FAIL, "webhook DESK: REPLYCLOCK_SINK_DESK_SECRET is not set here"),
    ]
