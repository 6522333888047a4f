"""What is told from topics: a story with its alert, and figures as from a file."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from click.testing import CliRunner, Result
from msgspec.structs import replace

from dev.places import CONFIG
from dev.stack import Stack
from dev.system import System
from stream.cli import main
from stream.config import load_config
from stream.engine import ensure_topics
from stream.records import encode_event
from stream.simulator.loading import events_of
from stream.simulator.play import write_play
from stream.sla.events import Event
from stream.sla.instants import MINUTE, SECOND, from_ms, rfc3339
from tests.timelines import customer, reply

pytestmark = pytest.mark.broker

PARTITIONS = 4
EVENTS, LETTERS = "conversations.events", "sla.dead-letters"
WHOSE = "whatsapp:106540352242922:ana"


def partition(conversation: str) -> int:
    numbers = list(range(PARTITIONS))
    return int(DefaultPartitioner()(conversation.encode(), numbers, numbers))


NEIGHBOUR = next(
    name
    for name in (f"{WHOSE}{number}" for number in count())
    if partition(name) == partition(WHOSE)
)
"""Another conversation, in the same partition."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("told")
    with Stack.start(folder, services=["kafka", "redis", "slack"]) as stack:
        yield stack


@pytest.fixture
def system(stack: Stack, prefix: str) -> Iterator[System]:
    system = System(stack, prefix=prefix)
    yield system
    for name in system.names:
        system.kill(name)


def test_a_story_from_the_topic_says_what_was_sent_where(system, prefix, tmp_path):
    """Breach, alert, answer, edit, in this order; the same clock as from a file."""
    system.start("worker", "alerts")
    system.wait_ready("worker", "alerts")
    now = time.time_ns() // 1_000_000
    question = said(customer(0, "m-1", assignee="ben"), now - 6 * MINUTE)
    other = replace(question, event_id="m-9", conversation_id=NEIGHBOUR)
    put(system, [(question, now), (other, now)])
    sent = wait_for_notices(system, 1)
    later = time.time_ns() // 1_000_000
    answer = said(reply(0, "m-2", by="cleo"), later)
    put(system, [(answer, later)])
    edited = wait_for_notices(system, 2)

    assert [notice["kind"] for notice in sent] == ["sent"]
    assert [notice["kind"] for notice in edited] == ["sent", "edited"]
    assert edited[0] == sent[0]
    assert (sent[0]["receiver"], sent[0]["place"]) == ("sales-slack", "Slack C0SALES")
    assert sent[0]["at"] >= rfc3339(now)
    assert edited[1]["says"] == "answered"

    done = told(system, WHOSE)
    places = [
        done.stdout.index(words)
        for words in (
            "the clock starts [held by sales (ben), noticed 6m later, event m-1]",
            "the deadline passes: breached [held by sales (ben), noticed 1m later]",
            "an alert is sent [to sales-slack, Slack C0SALES]",
            "answered, too late by cleo",
            "or later the alert is edited: answered [to sales-slack, Slack C0SALES]",
        )
    ]
    assert places == sorted(places)
    assert "not known" not in done.stdout

    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(map(encode_event, (question, answer))))
    (live,) = clocks(told(system, WHOSE, "--format", "json"))
    (filed,) = clocks(told(system, WHOSE, "--format", "json", "--events", str(path)))
    for known in ("stands", "cycle", "counted", "counted_s"):
        assert live[known] == filed[known]
    assert [(f["kind"], f["at"]) for f in live["facts"]] == [
        (f["kind"], f["at"]) for f in filed["facts"]
    ]

    nobody = told(system, "nobody", status=1)
    assert nobody.stderr.startswith("Error: no facts of 'nobody' in the facts topic: ")
    assert nobody.stderr.endswith("with --events FILE\n")

    archive = ("facts", "archive", str(tmp_path / "facts"))
    days = run(system, *archive, "--from", rfc3339(now - 60 * MINUTE)).stdout
    assert "facts, " in days
    again = run(system, *archive).stdout.splitlines()
    assert {line.partition(", ")[2] for line in again} == {"0 of them new"}

    run(system, "report", "--from", "2h", "--out", str(tmp_path / "report"))
    figures = json.loads((tmp_path / "report" / "report.json").read_text())["figures"]
    assert figures["first_reply_time"]["now"]["n"] == 1

    system.environment["REPLYCLOCK_REDIS_URL"] = "redis://us:hush-9931@127.0.0.1:9/0"
    without = told(system, WHOSE)
    assert "answered, too late by cleo" in without.stdout
    assert "What was sent where is not known: redis: no connection" in without.stdout
    assert "an alert is sent" not in without.stdout
    assert "hush" not in without.stdout + without.stderr
    plain = told(system, WHOSE, "--format", "json")
    assert clocks(plain)[0]["notices"] is None


def test_figures_of_a_topic_are_those_of_a_file(system, prefix, tmp_path):
    """Between two times: the first is in, the last is out; all else is the same."""
    topics = {prefix + name: PARTITIONS for name in (EVENTS, LETTERS)}
    asyncio.run(ensure_topics(system.stack.broker, topics))
    start = time.time_ns() // 1_000_000 - 60 * MINUTE
    play = write_play(
        load_config(CONFIG).rules(), seed=5, start=start, seconds=60, rate=15
    )
    events = list(events_of(play.deliveries))
    begin, end = (events[len(events) * n // 32].arrived for n in (1, 31))
    events += [
        said(customer(0, "m-1"), begin, "first"),
        said(reply(0, "m-2"), begin + SECOND, "first"),
        said(customer(0, "m-3"), begin, "last"),
        said(reply(0, "m-4"), end, "last"),
    ]
    events.sort(key=lambda event: event.arrived)
    inside = [event for event in events if begin <= event.arrived < end]
    put(system, [(event, event.arrived) for event in events])
    path, tried = tmp_path / "events.jsonl", tmp_path / "tried.yaml"
    path.write_bytes(b"\n".join(map(encode_event, inside)))
    tried.write_text(CONFIG.read_text("utf-8").replace("15m", "10m"), "utf-8")
    span = ("--topic", "--from", rfc3339(begin), "--to", rfc3339(end))

    rules = ("--config", str(CONFIG), "--against", str(tried))
    options = (*rules, "--format", "json", "--sweep", "first_reply=3m..15m/3m")
    figures = figured(system, *span, *options)
    assert figures == figured(system, str(path), *options)
    assert figures["flips"]
    assert any(row["then"]["breached"] for row in figures["rows"])
    # What was left out would have counted.
    assert figures != figured(system, "--topic", *options)

    shown = run(system, "backtest", *span, *rules).stdout
    assert shown == run(system, "backtest", str(path), *rules).stdout
    assert f"{len(figures['flips']):,} waits end otherwise" in shown


# -- what the tests do


def said(event: Event, at: int, conversation: str = WHOSE) -> Event:
    """The same, at `at`, in a conversation of an account that the rules know."""
    return replace(
        event,
        occurred_at=from_ms(at),
        conversation_id=conversation,
        account="106540352242922",
    )


def put(system: System, events: Iterable[tuple[Event, int]]) -> None:
    """Events into the topic, each with the time of its record."""

    async def send() -> None:
        topic = system.environment["REPLYCLOCK_TOPIC_PREFIX"] + EVENTS
        async with AIOKafkaProducer(bootstrap_servers=system.stack.broker) as producer:
            for event, at in events:
                key = event.conversation_id.encode()
                await producer.send(topic, encode_event(event), key, timestamp_ms=at)

    asyncio.run(send())


def run(system: System, *words: str, status: int = 0) -> Result:
    """Run `replyclock`; what it raises beside its exit fails the test."""
    result = CliRunner(env=system.environment).invoke(main, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def figured(system: System, *words: str) -> dict[str, Any]:
    """What a backtest says to programs; what arrived at one instant has no order."""
    said: dict[str, Any] = json.loads(run(system, "backtest", *words).stdout)
    said["flips"].sort(key=json.dumps)
    return said


def told(system: System, conversation: str, *words: str, status: int = 0) -> Result:
    return run(system, "explain", conversation, *words, status=status)


def clocks(result: Result) -> list[dict[str, Any]]:
    (session,) = json.loads(result.stdout)["sessions"]
    return session["clocks"]


def wait_for_notices(system: System, many: int) -> list[dict[str, Any]]:
    """Those of the one clock, when Slack was told so many times and it is known."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        words = ("explain", WHOSE, "--format", "json")
        result = CliRunner(env=system.environment).invoke(main, words)
        # Before the first facts there is nothing to explain.
        notices = clocks(result)[0]["notices"] if result.exit_code == 0 else []
        done = [n for n in notices if n["kind"] in {"sent", "edited"}]
        if len(done) == len(notices) == many:
            return done
        time.sleep(0.1)
    raise AssertionError(result.output)
