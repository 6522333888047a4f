"""The alerts process itself on real Kafka and Redis: crashes, restarts, outages."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from alerts.alert import alert_key
from dev.stack import Stack
from stream.records import encode_fact
from stream.sla.facts import FactKind, Measure
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually
from tests.alerts.world import CONFIG, World, fresh

pytestmark = pytest.mark.broker


async def test_facts_become_messages(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """A breach is in Slack within a second; bad records go to the dead letters."""
    async with world.running():
        await world.tell(b"no fact", encode_fact(Cycle("a").met()), key=b"odd")
        cycle = fresh("a", minutes_ago)
        before = time.monotonic()
        await world.tell(cycle.breached(noticed=0.5))
        await world.shows(1)
        assert time.monotonic() - before < 1
        await world.tell(cycle.answered(), cycle.breached(noticed=0.5))
        await world.shows_edits(1)
        metrics = await world.get("/metrics")

    posted = 'alerts_total{kind="breached",receiver="sales-slack",result="posted"} 1.0'
    assert f"replyclock_{posted}" in metrics
    assert 'replyclock_facts_total{kind="breached"} 2.0' in metrics
    assert "replyclock_facts_rejected_total 2.0" in metrics
    letters = await world.dead_letters()
    assert [key for key, _ in letters] == [b"odd", b"odd"]
    assert {letter["topic"] for _, letter in letters} == {world.prefix + "sla.facts"}
    assert all(set(letter) == LETTER for _, letter in letters)


LETTER = {"v", "topic", "partition", "offset", "reason", "at"}


@asynccontextmanager
async def swallowing(world: World) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A way to Slack that lets requests pass and never brings an answer back.

    The event is set when Slack has answered a post.
    """
    host, port = world.slack.url.split("/")[2].split(":")
    posted = asyncio.Event()

    async def pass_on(reader: asyncio.StreamReader, writer: Any) -> None:
        behind, ahead = await asyncio.open_connection(host, int(port))

        async def swallow() -> None:
            while await behind.read(65536):
                posted.set()

        swallowing = asyncio.create_task(swallow())
        while data := await reader.read(65536):
            ahead.write(data)
            await ahead.drain()
        for each in (writer, ahead):
            each.close()
        await swallowing

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    async with server:
        own = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{own}/api/", posted


async def test_killed_between_posting_and_recording(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """A kill -9 after Slack took a message, before we knew: found, not repeated."""
    cycle = fresh("a", minutes_ago)
    async with (
        swallowing(world) as (url, posted),
        world.running(REPLYCLOCK_SLACK_API_URL=url) as process,
    ):
        await world.tell(cycle.breached())
        async with asyncio.timeout(15):
            await posted.wait()
        process.kill()
        await process.wait()
    assert len(await world.messages()) == 1

    async with world.running():
        await world.tell(cycle.answered())
        await world.shows_edits(1)
        metrics = await world.get("/metrics")

    [message] = await world.messages()
    assert message["blocks"][0]["text"]["text"] == "🟡 sales: answered 12 min late"
    assert 'kind="breached",receiver="sales-slack",result="found"} 1.0' in metrics
    posts = await asyncio.to_thread(world.slack.calls, "chat.postMessage")
    assert len(posts) == 1


async def test_killed_and_restarted_posts_nothing_twice(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """A kill -9 at any moment, facts read again: still one message a breach."""
    cycles = [fresh(name, minutes_ago) for name in "abcd"]
    async with world.running() as process:
        await world.tell(*(cycle.breached() for cycle in cycles))
        await world.shows(1)
        process.kill()
        await process.wait()
    async with world.running():
        await world.tell(*(cycle.breached(noticed=9) for cycle in cycles))
        await world.shows(4, 40)
        await world.tell(*(cycle.answered() for cycle in cycles))
        await world.shows_edits(4)

    assert len(await world.messages()) == 4


async def test_answers_in_the_backlog_come_first(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """After a downtime a breach that was answered meanwhile is not sent."""
    first = Cycle("a", start=minutes_ago(30), queue="support")
    second = fresh("b", minutes_ago)
    filler = [first.fact(FactKind.WARNED, first.start)] * 12_000
    await world.tell(first.breached(), second.breached(), *filler, first.answered())
    async with world.running():
        await world.shows(1)
        await world.tell(second.answered())
        await world.shows_edits(1)

    posts = await asyncio.to_thread(world.slack.calls, "chat.postMessage")
    assert [post["channel"] for post in posts] == ["C0SALES"]


async def test_redis_restarted(
    world: World, own_redis: Stack, minutes_ago: Callable[[float], int]
) -> None:
    """Redis killed and started again: nothing is lost, nothing is sent twice."""
    first, second = fresh("a", minutes_ago), fresh("b", minutes_ago)
    async with world.running():
        await world.tell(first.breached())
        await world.shows(1)
        await asyncio.to_thread(own_redis.kill, "redis")
        await world.tell(first.answered(), second.breached())
        await asyncio.sleep(1.5)
        assert len(await world.messages()) == 1
        await asyncio.to_thread(own_redis.restart, "redis")
        await world.shows(2)
        await world.shows_edits(1)

    assert len(await world.messages()) == 2


async def test_stops_while_redis_is_away(
    world: World, own_redis: Stack, minutes_ago: Callable[[float], int]
) -> None:
    """Asked to stop with facts that Redis has not taken, it ends and commits none."""
    process = await world.start()
    await eventually(world.is_ready, 30)
    await asyncio.to_thread(own_redis.kill, "redis")
    await world.tell(fresh("a", minutes_ago).breached())
    await asyncio.sleep(1)
    process.terminate()
    async with asyncio.timeout(7):  # the engine gives up after nine
        await process.communicate()
    assert process.returncode == 1

    await asyncio.to_thread(own_redis.restart, "redis")
    async with world.running():
        await world.shows(1)


async def test_what_is_not_read_of_the_facts_is_a_metric(
    world: World, own_redis: Stack, minutes_ago: Callable[[float], int]
) -> None:
    """Coverage from the start; lag while Redis takes nothing, and none afterwards."""
    topic = f'{{topic="{world.prefix}sla.facts"}}'

    async def shows(**gauges: int) -> None:
        wanted = {f"replyclock_{name}{topic} {gauges[name]}.0" for name in gauges}

        async def shown() -> bool:
            return wanted <= set((await world.get("/metrics")).splitlines())

        await eventually(shown)

    async with world.running():
        await world.tell(fresh("a", minutes_ago).breached())
        await world.shows(1)
        await shows(partitions=2, partitions_assigned=2, lag_records=0)
        await asyncio.to_thread(own_redis.kill, "redis")
        names = [f"while redis is away {number}" for number in range(5)]
        await world.tell(*(fresh(name, minutes_ago).breached() for name in names))
        await shows(partitions=2, partitions_assigned=2, lag_records=5)
        await asyncio.to_thread(own_redis.restart, "redis")
        await shows(lag_records=0)


async def saying(process: asyncio.subprocess.Process, what: bytes) -> None:
    """Read the log until it says so."""
    assert process.stderr is not None
    while what not in (line := await process.stderr.readline()):
        assert line, "ended without saying so"


async def test_not_ready_while_the_group_gives_it_nothing(world: World) -> None:
    """The facts topic is gone for a while: alive, in its group, and reading nothing."""
    async with world.running() as process:
        admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
        await admin.start()
        try:
            await admin.delete_topics([world.prefix + "sla.facts"])
        finally:
            await admin.close()

        said = asyncio.create_task(saying(process, b"not ready: we own nothing"))

        async def is_said() -> bool:
            await world.is_ready()
            return said.done()

        await eventually(is_said, 60)
        assert not await world.is_ready()
        assert await world.get("/healthz") == "alive\n"
        await world.tell()
        await eventually(world.is_ready, 60)


async def test_one_more_than_there_are_partitions_is_ready(
    world: World, unused_tcp_port_factory: Callable[[], int]
) -> None:
    """Two processes and one partition: one reads, the other stands by."""
    spare = copy(world)
    port = unused_tcp_port_factory()
    spare.page = f"http://127.0.0.1:{port}"
    assigned = f'replyclock_partitions_assigned{{topic="{world.prefix}sla.facts"}} '

    async def owned() -> list[str]:
        pages = [await each.get("/metrics") for each in (world, spare)]
        return sorted(
            line.removeprefix(assigned)
            for page in pages
            for line in page.splitlines()
            if line.startswith(assigned)
        )

    async def both_do_what_is_theirs() -> bool:
        ready = await world.is_ready() and await spare.is_ready()
        return ready and await owned() == ["0.0", "1.0"]

    one = {"REPLYCLOCK_PARTITIONS": "1"}
    async with (
        world.running(**one),
        spare.running(**one, REPLYCLOCK_ALERTS_PORT=str(port)),
    ):
        await eventually(both_do_what_is_theirs, 30)


async def test_no_token_is_one_line(world: World) -> None:
    """Without a Slack token the process says which variable to set, and ends."""
    process = await world.start(REPLYCLOCK_SLACK_BOT_TOKEN="")
    _, said = await process.communicate()

    assert process.returncode == 1
    assert said.decode().splitlines() == [
        "REPLYCLOCK_SLACK_BOT_TOKEN is not set: alerts are posted with it"
    ]


async def test_an_escalation_survives_a_kill(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """It is told in its own channel, once, and ends as the first message does."""
    cycle = fresh("a", minutes_ago)
    channels = ("C0SALES", "C0OPS")

    async def shown() -> list[str]:
        found = [await asyncio.to_thread(world.slack.messages, c) for c in channels]
        return [message["text"].split(" ")[0] for each in found for message in each]

    async def both_red() -> bool:
        return await shown() == ["🔴", "🔴"]

    async def both_yellow() -> bool:
        return await shown() == ["🟡", "🟡"]

    async with world.running() as process:
        await world.tell(cycle.breached(), cycle.escalated(30.005, "ops-slack"))
        await eventually(both_red)
        process.kill()
    async with world.running():
        await world.tell(cycle.escalated(30.005, "ops-slack"), cycle.answered())
        await eventually(both_yellow)


async def test_the_process_tells_a_digest(world: World, tmp_path: Path) -> None:
    """Of facts that its own group has read long ago; a restart tells none again."""
    now = datetime.now(UTC)
    due = now - timedelta(minutes=1)
    rules = tmp_path / "sla.yaml"
    text = CONFIG.read_text("utf-8")
    receiver = "sales-slack: {slack: {channel: C0SALES}"
    assert receiver in text
    rules.write_text(
        text.replace(receiver, f'{receiver}, digest: "{due:%H:%M}"')
        + "\ntimezone: UTC\n",
        "utf-8",
    )
    noon = due.replace(hour=12, minute=0) - timedelta(days=1)
    kept = Cycle("a", start=round(noon.timestamp() * 1000)).met(noticed=1)
    await world.tell(kept, at=kept.noticed_at)
    for _ in range(2):
        async with world.running(REPLYCLOCK_CONFIG=str(rules)):
            await world.shows(1)
            metrics = await world.get("/metrics")

    [message] = await world.messages()
    assert message["text"].endswith(": the promise was kept")
    assert 'replyclock_digests_total{receiver="sales-slack"} 0.0' in metrics


async def test_an_alert_is_taken_over_http(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """`POST /v1/acks` shows on the message; without the token it is refused."""
    async with world.running(REPLYCLOCK_EVENTS_TOKEN="of-the-pager"):
        cycle = fresh("a", minutes_ago)
        await world.tell(cycle.breached(noticed=0.5))
        await world.shows(1)
        body = json.dumps({"alert": alert_key(cycle.breached()), "by": "U0ANA"})

        def post(token: str) -> int:
            request = urllib.request.Request(  # noqa: S310  http by construction
                f"{world.page}/v1/acks",
                body.encode(),
                {"Authorization": f"Bearer {token}"},
            )
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  likewise
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                return error.code

        assert await asyncio.to_thread(post, "of-somebody") == 401
        assert await asyncio.to_thread(post, "of-the-pager") == 200
        await world.shows_edits(1)
        metrics = await world.get("/metrics")
    [message] = await world.messages()
    assert "Taken by <@U0ANA>" in str(message["blocks"])
    assert 'replyclock_presses_total{kind="take"} 1.0' in metrics


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_press_in_slack_stands_on_the_message(
    world: World, minutes_ago: Callable[[float], int], way: str
) -> None:
    """*Take* of a message that has a second promise in it, by both ways."""
    env = {"REPLYCLOCK_SLACK_APP_TOKEN": world.slack.app_token}
    if way == "http":
        env = {"REPLYCLOCK_SLACK_SIGNING_SECRET": world.slack.signing_secret}
    reply = fresh("a", minutes_ago)
    resolution = fresh("a", minutes_ago, measure=Measure.RESOLUTION)
    async with world.running(**env):
        url = f"{world.page}/slack/actions" if way == "http" else None
        await asyncio.to_thread(world.slack.deliver_to, url)
        await world.tell(reply.breached(noticed=0.5))
        await world.shows(1)
        await world.tell(resolution.breached(noticed=0.6))
        await world.shows_edits(1)
        [message] = await world.messages()
        assert "Not resolved within" in str(message["blocks"])
        [buttons] = [b for b in message["blocks"] if b["type"] == "actions"]
        place = message["channel"], message["ts"], buttons["block_id"]
        pressed = await asyncio.to_thread(world.slack.press, *place, "take")
        assert pressed["ok"], pressed
        await world.shows_edits(2)
        metrics = await world.get("/metrics")
    [message] = await world.messages()
    assert "Taken by <@U0ANA>" in str(message["blocks"])
    assert 'replyclock_presses_total{kind="take"} 1.0' in metrics


async def test_without_a_way_back_there_are_no_buttons(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """Neither app token nor signing secret: nobody would hear a press."""
    async with world.running():
        await world.tell(fresh("a", minutes_ago).breached(noticed=0.5))
        await world.shows(1)
    [message] = await world.messages()
    assert "presses/" not in str(message["blocks"])


async def test_a_port_that_is_taken_is_one_line(world: World) -> None:
    """And no traceback; exit status 1."""
    async with world.running():
        second = await world.start()
        _, said = await second.communicate()
    assert second.returncode == 1
    said_in_words = [line for line in said.decode().splitlines() if line[:1] != "{"]
    assert len(said_in_words) == 1
    assert said_in_words[0].startswith("cannot listen on 127.0.0.1:")
