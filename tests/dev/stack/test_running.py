import json
import os
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis as redis_client
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from dev.faults import StackError
from dev.ports import is_listening
from dev.stack import SERVICES, Stack

StartStack = Callable[..., Stack]


def processes_of(folder: Path) -> list[int]:
    """Every process that writes into a log of the stack in this folder."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208  procfs
        try:
            output = os.readlink(f"/proc/{number}/fd/1")  # noqa: PTH115  procfs
        except OSError:
            continue
        if output.startswith(f"{folder}/"):
            found.append(int(number))
    return found


def port_of(address: str) -> int:
    return int(address.rstrip("/").removesuffix("/0").rpartition(":")[2])


@pytest.mark.broker
def test_a_stopped_stack_leaves_no_process_and_no_port(tmp_path: Path):
    """All five services start, answer, and are gone when the block is left."""
    progress: list[str] = []
    with Stack.start(tmp_path, on_progress=progress.append) as stack:
        ports = [port_of(stack.address(name)) for name in SERVICES]
        assert all(map(is_listening, ports))
        pids = sorted(filter(None, map(stack.pid, SERVICES)))
        assert sorted(processes_of(tmp_path)) == pids
        assert len(pids) == len(SERVICES)
    assert sorted(line.split()[0] for line in progress) == sorted(SERVICES)
    assert processes_of(tmp_path) == []
    assert not any(map(is_listening, ports))


@pytest.mark.broker
def test_two_stacks_run_side_by_side(tmp_path: Path):
    """Started at the same moment, each has its own data."""
    with ThreadPoolExecutor(2) as threads:
        one, two = threads.map(
            lambda name: Stack.start(tmp_path / name, services=["redis", "slack"]),
            ["one", "two"],
        )
    with (
        one,
        two,
        redis_client.Redis.from_url(one.redis_url) as first,
        redis_client.Redis.from_url(two.redis_url) as second,
    ):
        first.set("name", "one")
        assert second.get("name") is None
        one.stop()
        assert second.ping()


@pytest.mark.broker
def test_redis_keeps_what_it_acknowledged_through_a_kill(start_stack: StartStack):
    """Killed and started again on the same port, the ledger is still there."""
    stack = start_stack("redis")
    with redis_client.Redis.from_url(stack.redis_url) as client:
        client.set("alert", "posted")
        stack.kill("redis")
        assert stack.pid("redis") is None
        with pytest.raises(redis_client.ConnectionError):
            client.ping()
        stack.restart("redis")
        assert client.get("alert") == b"posted"
    assert stack.logs("redis").count("Ready to accept connections") == 2


@pytest.mark.broker
async def test_kafka_is_usable_when_ready_and_keeps_records_through_a_kill(
    start_stack: StartStack,
):
    """No retry is needed after the start; acknowledged records survive kill -9."""
    stack = start_stack("kafka")
    topic = f"t{uuid.uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.broker)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 4, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=stack.broker) as producer:
        await producer.send_and_wait(topic, b"value", key=b"key")
    stack.kill("kafka")
    assert not is_listening(port_of(stack.broker))
    stack.restart("kafka")
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=stack.broker, auto_offset_reset="earliest"
    )
    async with consumer:
        record = await consumer.getone()
    assert (record.key, record.value) == (b"key", b"value")


@pytest.mark.broker
async def test_kafka_makes_no_topic_by_itself(kafka: str, prefix: str):
    """A wrong topic name is an error, as in production."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, request_timeout_ms=500)
    async with producer:
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.partitions_for(f"{prefix}nobody.made.this")


@pytest.mark.broker
def test_prometheus_scrapes_what_it_is_told_later(start_stack: StartStack):
    """Our processes choose their ports after the stack has started."""
    stack = start_stack("prometheus")
    stack.scrape({"itself": stack.prometheus_url.removeprefix("http://")})
    query = urllib.parse.urlencode({"query": 'up{job="itself"}'})
    url, result = f"{stack.prometheus_url}/api/v1/query?{query}", []
    deadline = time.monotonic() + 15
    while not result and time.monotonic() < deadline:
        time.sleep(0.1)
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  http by construction
            result = json.load(answer)["data"]["result"]
    assert [sample["value"][1] for sample in result] == ["1"]


@pytest.mark.broker
def test_a_failed_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """When one service cannot start, the others are ended and its log is shown."""
    programs = tmp_path / "bin"
    programs.mkdir()
    broken = programs / "prometheus"
    broken.write_text("#!/bin/sh\necho no such luck\nexit 7\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    state = tmp_path / "state"
    with pytest.raises(StackError, match=r"prometheus ended \(7\)(?s:.*)no such luck"):
        Stack.start(state, services=["redis", "slack", "prometheus"])
    assert processes_of(state) == []
    Stack.start(state, services=["redis"]).stop()


def test_an_unknown_service_is_named(tmp_path: Path):
    """The message lists what there is."""
    with pytest.raises(StackError, match="no service 'kafak': there are kafka, redis"):
        Stack.start(tmp_path, services=["kafak"])


def test_a_service_that_was_not_asked_for_is_named(start_stack: StartStack):
    """A stack without Redis has no Redis address."""
    stack = start_stack("slack")
    with pytest.raises(StackError, match="redis is not part of this stack"):
        _ = stack.redis_url
    assert stack.slack_url == stack.slack_page_url + "api/"
