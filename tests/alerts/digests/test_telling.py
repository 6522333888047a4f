"""Digests on real Kafka and Redis, to the stand-in Slack: one a receiver and day."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis

from alerts.alert import alert_key
from alerts.customer import Shown
from alerts.delivery import wall_ms
from alerts.digests.due import last_due
from alerts.digests.posting import DigestPosting
from alerts.digests.reading import count_facts
from alerts.digests.telling import Digests
from alerts.failure import SinkFailure
from alerts.ledger import Ledger
from alerts.metrics import Metrics
from alerts.sinks.sinks import Sinks
from alerts.sinks.slack import SlackSink
from alerts.slack.client import Slack
from dev.slack.client import SlackStandIn
from stream.config import Config, parse_config
from stream.engine import ensure_topics
from stream.kafka.access import KafkaAccess
from stream.records import encode_fact
from stream.sla.facts import Fact
from stream.sla.instants import HOUR, MINUTE, from_ms
from tests.alerts.cycles import TARGET, Cycle
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker

RULES = """
version: 1
queues: {{sales: {{}}, support: {{}}}}
policies: [{{name: all, targets: {{first_reply: 30m}}}}]
alerts:
  routes: [{{match: {{queue: support}}, to: ops}}, {{to: sellers}}]
  receivers:
    sellers: {{slack: {{channel: C0SALES}}, digest: "{time}"}}
    ops: {{slack: {{channel: C0OPS}}, digest: "{time}"}}
    leads: {{slack: {{channel: C0LEADS}}}}
"""


class Morning:
    """An installation whose digests are due since a moment ago; days are UTC's."""

    def __init__(
        self, kafka: str, ledger: Ledger, slack: SlackStandIn, prefix: str
    ) -> None:
        self.kafka, self.ledger, self.slack = kafka, ledger, slack
        self.topic = f"{prefix}sla.facts"
        self.metrics = Metrics(("sellers", "ops"))
        self.config = self.config_at(wall_ms() - MINUTE)
        self.now: Callable[[], int] = wall_ms
        receiver = self.config.alerts.receivers["sellers"]
        self.due = last_due(receiver.digest or 0, "UTC", wall_ms())
        self.noon = self.due.yesterday.begin + 12 * HOUR

    @staticmethod
    def config_at(ms: int) -> Config:
        text = RULES.format(time=f"{from_ms(ms):%H:%M}")
        return parse_config(text, "sla.yaml")

    async def write(self, *facts: Fact, at: int | None = None) -> None:
        """Facts as a worker writes them: when it noticed each, or `at` an instant."""
        await ensure_topics(self.kafka, {self.topic: 3})
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for fact in facts:
                await producer.send_and_wait(
                    self.topic,
                    encode_fact(fact),
                    key=fact.conversation_id.encode(),
                    timestamp_ms=at or fact.noticed_at,
                )

    @asynccontextmanager
    async def open(self, **changed: Any) -> AsyncIterator[Digests]:
        access = KafkaAccess(bootstrap=self.kafka)
        async with (
            Slack(self.slack.token, self.slack.url, 5) as client,
            Sinks(SlackSink(client), shown=lambda _: Shown(), now=self.now) as sinks,
        ):
            yield Digests(
                posting=DigestPosting(
                    self.ledger,
                    client,
                    sinks,
                    self.metrics,
                    uuid4().hex,
                    self.now,
                    changed.pop("certain_ms", 0),
                ),
                config=self.config,
                count=lambda periods, since: count_facts(
                    access, self.topic, periods, since
                ),
                may_tell=lambda: True,
                **changed,
            )

    async def look(self, **changed: Any) -> None:
        """A process starts, tells what is due, and ends."""
        async with self.open(**changed) as digests:
            await digests.look()

    async def titles(self, channel: str = "C0SALES") -> list[str]:
        messages = await asyncio.to_thread(self.slack.messages, channel)
        return [message["text"] for message in messages]

    async def fail(self, method: str, **how: Any) -> None:
        await asyncio.to_thread(lambda: self.slack.fail(method, **how))


@pytest.fixture
def morning(kafka: str, ledger: Ledger, slack: SlackStandIn, prefix: str) -> Morning:
    return Morning(kafka, ledger, slack, prefix)


@pytest.fixture
async def told(morning: Morning) -> Morning:
    """Yesterday broke a promise that was answered, one that was not, and kept one."""
    late, never, kept = (
        Cycle(name, start=morning.noon - TARGET, queue="sales") for name in "abc"
    )
    other = Cycle("d", start=morning.noon - TARGET, queue="support")
    before = Cycle("e", start=morning.noon - 24 * HOUR, queue="sales")
    await morning.write(before.met(), late.breached(), late.answered(), kept.met())
    await morning.write(never.breached(), other.breached(), other.ended())
    return morning


def title(morning: Morning, said: str) -> str:
    day = from_ms(morning.noon)
    return f"🔵 Yesterday, {day:%a} {day.day} {day:%b}: {said}"


async def test_each_receiver_is_told_of_its_queues(told: Morning) -> None:
    """Counted from the topic of facts, all partitions; who wants none has none."""
    await told.look()

    assert await told.titles() == [
        title(told, "2 of 3 promises broken (66.7%), 1 still waits")
    ]
    assert await told.titles("C0OPS") == [
        title(told, "1 of 1 promises broken (100.0%)")
    ]
    assert await told.titles("C0LEADS") == []
    [message] = await asyncio.to_thread(told.slack.messages, "C0SALES")
    assert message["blocks"][1]["text"]["text"].startswith(
        "• *sales*: 2 of 3 promises broken (66.7%) · longest wait 42 min · *1 still"
    )
    count = told.metrics.registry.get_sample_value
    assert count("replyclock_digests_total", {"receiver": "sellers"}) == 1


async def test_it_comes_once_whoever_looks(told: Morning) -> None:
    """Two processes at a time, and one that starts again and again."""
    async with told.open() as one, told.open() as other:
        await asyncio.gather(one.look(), other.look())
    for _ in range(3):
        await told.look()

    assert len(await told.titles()) == len(await told.titles("C0OPS")) == 1


async def test_a_crash_between_post_and_note(told: Morning) -> None:
    """Slack took it and nobody knows: the next start finds it."""
    await told.fail("chat.postMessage", after_accepting=True, hang_up=True, count=2)
    with pytest.raises(Exception, match="network"):
        await told.look()
    await told.look()

    assert len(await told.titles()) == len(await told.titles("C0OPS")) == 1


async def test_slack_may_do_it_late(told: Morning) -> None:
    """A post whose end is not known is looked for, before it is posted again."""
    await told.fail("chat.postMessage", hang_up=True, channel="C0SALES", count=1)
    with pytest.raises(Exception, match="network"):
        await told.look()
    async with told.open(certain_ms=60_000) as digests:
        assert not await digests.look()
    assert await told.titles() == []
    await told.look()

    assert len(await told.titles()) == 1


async def test_a_redis_that_forgot(told: Morning, redis: Redis, prefix: str) -> None:
    """The channel knows what Redis does not."""
    await told.look()
    async for name in redis.scan_iter(f"*{prefix}*"):
        await redis.delete(name)
    await told.look()

    assert len(await told.titles()) == len(await told.titles("C0OPS")) == 1


async def test_a_channel_that_is_refused_holds_no_other_up(told: Morning) -> None:
    """And is told when it takes messages again."""
    await told.fail("*", channel="C0SALES", error="not_in_channel", count=2)
    with pytest.raises(Exception, match="channel"):
        await told.look()
    assert (await told.titles(), len(await told.titles("C0OPS"))) == ([], 1)
    await told.look()

    assert len(await told.titles()) == 1


async def test_a_webhook_that_is_refused_holds_no_other_up(told: Morning) -> None:
    """Nor does a sink that is not Slack; it is counted, and tried again."""
    text = RULES.replace("{{slack: {{channel: C0SALES}}", "{{webhook: {{url_from: NO}}")
    time = f"{from_ms(told.due.at):%H:%M}"
    told.config = parse_config(text.format(time=time), "sla.yaml")
    with pytest.raises(SinkFailure):
        await told.look()

    assert len(await told.titles("C0OPS")) == 1
    labels = {"receiver": "sellers", "reason": "token"}
    name = "replyclock_alert_failures_total"
    assert told.metrics.registry.get_sample_value(name, labels) == 1


async def test_after_a_downtime_it_says_that_it_is_late(told: Morning) -> None:
    """Six hours after its time; a day later, the next day's is told instead."""
    told.now = lambda: told.due.at + 6 * HOUR
    await told.look()
    told.now = lambda: told.due.at + 30 * HOUR
    await told.look()

    first, second = await asyncio.to_thread(told.slack.messages, "C0SALES")
    assert first["blocks"][-1]["elements"][0]["text"].startswith("*Late: it was due <!")
    assert second["text"] != first["text"]
    assert "no promise was due, 1 still waits" in second["text"]


async def test_a_new_installation_is_told_the_next_day(morning: Morning) -> None:
    """Nothing had ever happened when it was due: there is nothing to tell."""
    await morning.write()
    await morning.look()
    await morning.write(Cycle("a", start=morning.noon).met(), at=morning.due.at + 1)
    await morning.look()
    assert await morning.titles() == []

    morning.now = lambda: morning.due.at + 24 * HOUR
    await morning.look()
    assert len(await morning.titles()) == 1


@pytest.mark.parametrize(
    ("how", "pause_s"),
    [
        ({"http_status": 503, "count": 3}, 0.1),
        ({"http_status": 429, "count": 1, "retry_after": 1}, 600),
    ],
)
async def test_it_runs_on_whatever_fails(
    how: dict[str, int], pause_s: float, told: Morning
) -> None:
    """Slack is away, or busy: the digest waits, as long as Slack says when it does."""
    await told.fail("*", **how)
    async with told.open(pause_s=pause_s) as digests:
        running = asyncio.create_task(digests.run())

        async def all_told() -> bool:
            return bool(await told.titles() and await told.titles("C0OPS"))

        await eventually(all_told)
        running.cancel()
        await asyncio.wait({running})

    assert running.cancelled()


async def test_mondays_count_the_alerts(
    told: Morning, redis: Redis, prefix: str
) -> None:
    """Acted on: somebody pressed, or answered before anybody else was told."""
    monday = told.due.at + (7 - from_ms(told.due.at).weekday()) * 24 * HOUR
    told.now = lambda: monday
    cycles = [Cycle(f"w{n}", monday - 72 * HOUR, queue="support") for n in range(5)]
    answered, pressed, ignored, guest, _ = cycles  # the last was never posted
    await told.write(*(each.breached() for each in cycles), answered.answered())
    for each in (answered, pressed, ignored, guest):
        await posted(told.ledger, each, "ops")
    root = f"{{{prefix}replyclock:alerts}}"
    await redis.hset(f"{root}:{alert_key(pressed.breached())}", "p:1", "take")
    await redis.hset(f"{root}:{alert_key(guest.breached())}", "host", "another")
    other = Cycle("w", monday - 72 * HOUR, queue="sales")
    await told.write(other.breached())
    await posted(told.ledger, other, "sellers")
    await told.look()

    [message] = await asyncio.to_thread(told.slack.messages, "C0OPS")
    said = message["blocks"][2]["text"]["text"]
    assert "\nAlerts: 2 acted on, 1 ignored (33%)\n" in said


async def posted(ledger: Ledger, cycle: Cycle, receiver: str) -> None:
    """As the deliverer notes it."""
    key = alert_key(cycle.breached())
    await ledger.want([(cycle.breached(), 0)])
    await ledger.leases.take(key, "test", 5_000)
    [entry] = await ledger.entries([key])
    where = {"receiver": receiver, "channel": "C0OPS"}
    assert await ledger.begin(entry, "test", now=1, **where)
    await ledger.record(entry, "test", ts="1.1", shown="", done=True, now=1)
