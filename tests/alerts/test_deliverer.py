"""Delivery to the stand-in Slack, with a real ledger: what people see, how often."""

import asyncio
from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from alerts import summary
from alerts.alert import Told, alert_key
from alerts.folding import fold
from alerts.lane import Pace
from alerts.positions import Span
from alerts.slack.blocks import message_of
from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure
from stream.sla.facts import Verdict
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker

FIRST, SECOND, OPS = Cycle("a"), Cycle("b"), Cycle("c", queue="support")


async def test_one_message_edited_in_place(delivering: Delivering) -> None:
    """A breach is posted once; the late answer edits that message."""
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await delivering.tell(FIRST.answered())
        await delivering.settled()

    [message] = await delivering.messages()
    assert len(message["edits"]) == 1
    assert await delivering.titles() == ["🟡 sales: answered 12 min late"]
    assert delivering.counted("sales-slack", "breached", "posted") == 1
    assert delivering.counted("sales-slack", "answered", "edited") == 1


async def test_replayed_facts_post_nothing(delivering: Delivering) -> None:
    """Facts told again, with other offsets and later, ask nothing of Slack."""
    async with delivering.running():
        await delivering.tell(FIRST.breached(), FIRST.answered())
        await delivering.tell(SECOND.breached())
        await delivering.settled()
        calls = len(await delivering.calls())
        await delivering.tell(SECOND.breached(noticed=60), FIRST.answered(noticed=9))
        await delivering.tell(SECOND.breached(), FIRST.breached())
        await delivering.settled()

    assert len(await delivering.calls()) == calls


async def test_answered_before_it_was_posted(delivering: Delivering) -> None:
    """What ended meanwhile is never sent, and counted as over."""
    await delivering.tell(FIRST.breached(), FIRST.answered())
    await delivering.tell(SECOND.breached(), SECOND.retracted(), SECOND.met())
    async with delivering.running():
        await delivering.settled()

    assert await delivering.calls() == []
    assert delivering.counted("sales-slack", "answered", "over") == 1
    assert delivering.counted("sales-slack", "retracted", "over") == 1


async def test_a_reply_taken_back_is_posted_after_all(delivering: Delivering) -> None:
    """Answered before it was posted, then the delivery failed: people are told."""
    await delivering.tell(FIRST.breached(), FIRST.answered())
    async with delivering.running():
        await delivering.settled()
        await delivering.tell(FIRST.taken_back())
        await delivering.settled()

    assert await delivering.titles() == ["🔴 sales: waiting again, reply not delivered"]


async def test_who_still_waits_is_told_however_late(delivering: Delivering) -> None:
    """A breach that was noticed an hour late, of a customer who waits (3.5)."""
    async with delivering.running():
        await delivering.tell(FIRST.breached(noticed=3600))
        await delivering.settled()

    assert len(await delivering.messages()) == 1


async def test_what_is_over_and_late_is_summed_up(
    delivering: Delivering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a downtime: no message each, one for all, and none twice (3.5)."""
    monkeypatch.setattr(summary, "QUIET", 0)
    late = {"noticed": 901.0}
    async with delivering.running():
        await delivering.tell(
            *(FIRST.breached(**late), FIRST.answered(42)),
            *(SECOND.breached(**late), SECOND.ended(50)),
        )
        await delivering.settled()
        await eventually(lambda: _called(delivering, "chat.postMessage"))
        await asyncio.sleep(0.5)  # two more looks: it is not told again

    [message] = await delivering.messages()
    assert message["text"].startswith("⚪ 2 promises were broken and noticed late")
    said = message["blocks"][1]["text"]["text"]
    assert "• *sales*: 2 x first reply" in said
    assert "the longest 20 min late" in said
    assert delivering.counted("sales-slack", "answered", "stale") == 1
    assert delivering.counted("sales-slack", "ended", "stale") == 1


async def test_a_damaged_entry_stops_nobody(
    delivering: Delivering, redis: Redis, prefix: str
) -> None:
    """It waits, is said once and counted; the others are delivered (A5)."""
    await delivering.tell(FIRST.breached(), SECOND.breached())
    key = alert_key(FIRST.breached())
    [entry] = [name async for name in redis.scan_iter(f"*{prefix}*alerts}}:{key}")]
    kept = await redis.hgetall(entry)
    for name, value in kept.items():
        if name.startswith(b"f:"):
            await redis.hset(entry, name, value.replace(b"breached", b"foretold"))
    with capture_logs() as said:
        async with delivering.running():
            await eventually(lambda: _called(delivering, "chat.postMessage"))
            for name, value in kept.items():
                await redis.hset(entry, name, value)  # mended, by an upgrade say
            await delivering.settled()

    assert len(await delivering.messages()) == 2
    assert [line["event"] for line in said].count(
        "an alert cannot be read, it waits"
    ) == 1


async def test_a_post_that_slack_does_late_is_waited_for(
    delivering: Delivering,
) -> None:
    """Not there is not believed at once; when it comes it is the message (A6)."""
    await delivering.fail("chat.postMessage", hang_up=True, count=1)
    async with delivering.running(certain_ms=60_000):
        await delivering.tell(FIRST.breached())
        await eventually(lambda: _called(delivering, "conversations.history"))
        await post_late(delivering)
        await delivering.settled()

    assert len(await delivering.messages()) == 1
    assert delivering.counted("sales-slack", "breached", "found") == 1


async def test_a_second_message_of_a_key_is_put_right(delivering: Delivering) -> None:
    """It came after we had given it up: no message stays false (A6, 4.6)."""
    await delivering.fail("chat.postMessage", hang_up=True, count=1)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await post_late(delivering)
        assert len(await delivering.messages()) == 2
        await delivering.tell(FIRST.answered())
        await delivering.settled()

    assert await delivering.titles() == ["🟡 sales: answered 12 min late"] * 2


@pytest.mark.parametrize("is_restarted", [True, False])
async def test_redis_forgets_that_it_was_posted(
    delivering: Delivering,
    redis: Redis,
    prefix: str,
    minutes_ago: Callable[[float], int],
    is_restarted: bool,  # noqa: FBT001  pytest's
) -> None:
    """Its last second is lost: we know better, or the second message is put right."""
    cycle = Cycle("a", start=minutes_ago(31))
    key = alert_key(cycle.breached())
    async with delivering.running():
        await delivering.tell(cycle.breached())
        await delivering.settled()
        if not is_restarted:
            await forget_post(redis, prefix, key)
            await delivering.settled()
    if is_restarted:
        await forget_post(redis, prefix, key)
    async with delivering.running():
        await delivering.settled()
        await delivering.tell(cycle.answered(30.5))
        await delivering.settled()

    shown = await delivering.titles()
    assert shown == ["🟡 sales: answered 30 s late"] * (1 + is_restarted)


async def forget_post(redis: Redis, prefix: str, key: str) -> None:
    """As after a failover: the fact is known, and nothing of the message."""
    [entry] = [name async for name in redis.scan_iter(f"*{prefix}*alerts}}:{key}")]
    await redis.hdel(entry, "ts", "shown", "receiver", "channel", "intent")
    root = entry.decode().removesuffix(f":{key}")
    await redis.zadd(f"{root}:differing", {key: 1})


async def test_a_summary_that_slack_refuses_waits(
    delivering: Delivering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archived channel is not asked again each second; the others are told."""
    monkeypatch.setattr(summary, "QUIET", 0)
    await delivering.fail(
        "chat.postMessage", error="is_archived", channel="C0OPS", seconds=600
    )
    late = {"noticed": 901.0}
    for cycle in (FIRST, OPS):
        await delivering.tell(cycle.breached(**late), cycle.answered(42))
    async with delivering.running(pace=Pace()):
        await eventually(lambda: _shown(delivering, 1))
        await asyncio.sleep(1)  # five polls

    calls = await delivering.calls("chat.postMessage")
    assert [call["channel"] for call in calls] == ["C0OPS", "C0SALES"]


async def post_late(delivering: Delivering) -> None:
    """Slack does what it was asked for before."""
    alert = fold([Told.of(FIRST.breached(), 0)])
    assert alert is not None
    key = alert_key(FIRST.breached())
    async with Slack(delivering.slack.token, delivering.slack.url) as slack:
        try:
            await slack.post("C0SALES", message_of(alert), key, alert.revision)
        except SlackFailure as failure:  # a message a second, whoever asks
            await asyncio.sleep(failure.retry_after or 1)
            await slack.post("C0SALES", message_of(alert), key, alert.revision)


async def test_channels_do_not_wait_for_each_other(delivering: Delivering) -> None:
    """Each receiver's channel has its own pace; within one, a second lies between."""
    async with delivering.running():
        await delivering.tell(
            SECOND.breached(), FIRST.breached(), OPS.breached(), Cycle("d").breached()
        )
        await delivering.settled()

    sales, ops = await delivering.messages(), await delivering.messages("C0OPS")
    assert len(sales) == 3
    assert len(ops) == 1
    assert ops[0]["posted_at"] - sales[0]["posted_at"] < 500
    assert all(call["ok"] for call in await delivering.calls())


async def test_breach_before_edit(delivering: Delivering) -> None:
    """A new breach goes before an edit that waited longer."""
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await delivering.fail("*", http_status=503, count=1)
        await delivering.tell(FIRST.answered())
        await eventually(lambda: _called(delivering, "chat.update"))
        await delivering.tell(SECOND.breached())
        await delivering.settled()

    methods = [call["method"] for call in await delivering.calls()]
    assert methods == [
        "chat.postMessage",
        "chat.update",
        "chat.postMessage",
        "chat.update",
    ]


async def _called(delivering: Delivering, method: str) -> bool:
    return bool(await delivering.calls(method))


async def test_slack_down_then_up(delivering: Delivering) -> None:
    """An outage loses nothing: a message a key, and all that happened is one edit."""
    with capture_logs() as said:
        await _live_through_an_outage(delivering)

    first, second = await delivering.messages()
    [ops] = await delivering.messages("C0OPS")
    assert [len(each["edits"]) for each in (first, second, ops)] == [1, 0, 0]
    assert await delivering.titles() == [
        "🟡 sales: answered 15 min late",
        "🔴 sales: no first reply within 30 min",
    ]
    complaints = [line["place"] for line in said if line["log_level"] == "warning"]
    assert sorted(complaints) == ["Slack C0OPS", "Slack C0SALES"]


async def _live_through_an_outage(delivering: Delivering) -> None:
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await delivering.fail("*", http_status=503, seconds=30)
        await delivering.tell(FIRST.answered())
        await asyncio.sleep(0.5)
        await delivering.tell(FIRST.taken_back())
        await delivering.tell(FIRST.answered(45), SECOND.breached(), OPS.breached())
        await asyncio.sleep(0.5)
        third = Cycle("d")
        await delivering.tell(third.breached(), third.answered())
        await delivering.settled(90)


async def test_retry_after_is_honoured(delivering: Delivering) -> None:
    """After a 429 nothing is posted to that channel before Slack said so."""
    await delivering.fail(
        "chat.postMessage", http_status=429, retry_after=2, channel="C0SALES", count=1
    )
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()

    refused, posted = await delivering.calls("chat.postMessage")
    assert not refused["ok"]
    assert posted["ok"]
    assert posted["at"] - refused["at"] >= 1990
    assert await delivering.calls("conversations.history") == []


@pytest.mark.parametrize("how", [{"hang_up": True}, {"error": "internal_error"}])
async def test_unclear_post_is_looked_for(
    delivering: Delivering, how: dict[str, object]
) -> None:
    """A post whose answer was lost is found by its metadata, not posted again."""
    await delivering.fail("chat.postMessage", after_accepting=True, count=1, **how)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await delivering.tell(FIRST.answered())
        await delivering.settled()

    [message] = await delivering.messages()
    assert len(message["edits"]) == 1
    assert delivering.counted("sales-slack", "breached", "found") == 1
    assert delivering.counted("sales-slack", "breached", "posted") == 0


async def test_unclear_post_that_did_not_happen(delivering: Delivering) -> None:
    """A post whose answer was lost and that is not in the channel is posted."""
    await delivering.fail("chat.postMessage", hang_up=True, count=1)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()

    assert len(await delivering.messages()) == 1
    assert len(await delivering.calls("conversations.history")) == 1


async def test_in_doubt_it_is_sent(delivering: Delivering) -> None:
    """When the bot may not read the channel, an unclear post is repeated."""
    await delivering.fail(
        "chat.postMessage", after_accepting=True, hang_up=True, count=1
    )
    await delivering.fail("conversations.history", error="missing_scope", seconds=30)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await eventually(lambda: _shown(delivering, 2))


async def test_refused_token_is_one_line(delivering: Delivering) -> None:
    """A wrong token is said once, without the token; nothing is lost."""
    with capture_logs() as said:
        async with delivering.running(token="xoxb-wrong"):
            await delivering.tell(FIRST.breached(), OPS.breached())
            await eventually(lambda: _at_least(delivering, 4))

    assert (await delivering.ledger.backlog()).count == 2
    [complaint] = said
    assert complaint["log_level"] == "error"
    assert (complaint["reason"], complaint["detail"]) == (
        "token",
        "chat.postMessage: invalid_auth",
    )

    async with delivering.running():
        await delivering.settled()
    assert len(await delivering.messages()) == 1


async def _at_least(delivering: Delivering, calls: int) -> bool:
    return len(await delivering.calls("chat.postMessage")) >= calls


async def test_unknown_channel_holds_up_nobody(delivering: Delivering) -> None:
    """A channel that is not there keeps its alerts; the others get theirs."""
    async with delivering.running():
        await delivering.tell(Cycle("x", queue="lost").breached(), FIRST.breached())
        await eventually(lambda: _shown(delivering, 1))

    assert (await delivering.ledger.backlog()).count == 1


async def _shown(delivering: Delivering, count: int) -> bool:
    return len(await delivering.messages()) == count


async def test_refused_message_holds_up_nobody(delivering: Delivering) -> None:
    """A message that Slack refuses waits; the next one of its channel goes."""
    await delivering.fail("chat.postMessage", error="invalid_blocks", count=1)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await eventually(lambda: _called(delivering, "chat.postMessage"))
        await delivering.tell(SECOND.breached())
        await eventually(lambda: _shown(delivering, 1))
        await delivering.settled()

    assert len(await delivering.messages()) == 2


async def test_deleted_message_is_not_posted_again(delivering: Delivering) -> None:
    """Somebody deleted the message: the end of the wait is not told elsewhere."""
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await delivering.fail("chat.update", error="message_not_found", count=1)
        await delivering.tell(FIRST.answered())
        await delivering.settled()

    assert len(await delivering.messages()) == 1
    assert delivering.counted("sales-slack", "answered", "gone") == 1


async def test_two_processes_send_one_message(delivering: Delivering) -> None:
    """Two deliverers of one ledger post each key once."""
    other = Delivering(delivering.ledger, delivering.slack)
    cycles = [Cycle(f"{q}{n}", queue=q) for n in range(3) for q in ("sales", "support")]
    async with delivering.running(), other.running():
        await delivering.tell(*(cycle.breached() for cycle in cycles))
        await delivering.settled(90)

    assert len(await delivering.messages()) == 3
    assert len(await delivering.messages("C0OPS")) == 3


async def test_held_back_until_facts_are_read(delivering: Delivering) -> None:
    """While facts that are in the topic are unread, no new message goes, edits do."""
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await delivering.settled()
    caught_up = False
    span = Span(partition=7, begin=0, end=delivering.offset + 1)

    def may_post(partition: int | None, waited: float) -> bool:
        assert 0 <= waited < 60_000
        return partition != 7 or caught_up

    async with delivering.running(may_post=may_post):
        await delivering.ledger.want([(OPS.breached(), delivering.offset)], span)
        await delivering.tell(FIRST.answered())
        await eventually(lambda: _called(delivering, "chat.update"))
        await asyncio.sleep(0.5)
        assert len(await delivering.calls("chat.postMessage")) == 1
        caught_up = True
        await delivering.settled()

    assert len(await delivering.messages("C0OPS")) == 1


async def test_delay_is_from_the_deadline(
    delivering: Delivering, minutes_ago: Callable[[float], int]
) -> None:
    """The measured delay runs from the deadline to Slack's answer."""
    async with delivering.running():
        await delivering.tell(Cycle("a", start=minutes_ago(30.5)).breached(noticed=30))
        await delivering.settled()

    name, labels = "replyclock_alert_delay_seconds", {"receiver": "sales-slack"}
    value = delivering.metrics.registry.get_sample_value(f"{name}_sum", labels)
    assert value is not None
    assert 30 <= value < 32


async def test_a_breach_again_edits_the_message(delivering: Delivering) -> None:
    """Retracted and broken again, it is still one message."""
    async with delivering.running(pace=Pace(edit=100)):
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await delivering.tell(FIRST.retracted(), FIRST.met())
        await delivering.settled()
        assert await delivering.titles() == ["🟢 sales: was answered in time"]
        await delivering.tell(FIRST.breached(noticed=400, replaces=Verdict.MET))
        await delivering.settled()

    [message] = await delivering.messages()
    assert len(message["edits"]) == 2
