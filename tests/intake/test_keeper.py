"""While Kafka is away the spool keeps what is answered 200, and Kafka has it later."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from dev.stack import Stack
from stream.channels.reading import Parsed
from stream.channels.sources import SOURCES
from stream.intake.customers import Customers
from stream.intake.door import create_app
from stream.intake.keeper import SpoolingKeeper
from stream.intake.metrics import IntakeMetrics
from stream.intake.spool import Spool
from stream.intake.spool_file import FILE
from stream.intake.spool_record import decode_record, encode_record
from stream.process.settings import Settings
from stream.records import decode_event
from tests.bodies import BODIES, PHONE, asked, on_the_wire
from tests.channels.test_one_person import asks, sent
from tests.channels.test_wire_findings import PHONE as PHONE_OF_TWO
from tests.channels.test_wire_findings import USER
from tests.intake.test_door import CONFIGURED, QUESTION, Client, kafka_nowhere, samples
from tests.intake.test_door import post as post_to
from tests.kafka.test_events_topic import (
    create_topic,
    question,
    records,
    until,
    until_ready,
)
from tests.kafka.test_shared_table import customers, keys

NOW = datetime(2026, 11, 27, 9, 0, 0, 123456, UTC)
ALL = [(source, body) for source, bodies in BODIES.items() for body in bodies.values()]


def parsed(source: str, body: object) -> Parsed:
    return SOURCES[source](body, id_secret=b"id-secret", received_at=NOW)


@asynccontextmanager
async def door_with_a_spool(
    folder: Path, kafka: Customers, metrics: IntakeMetrics, most: int = 1 << 26
) -> AsyncIterator[tuple[Client, Spool]]:
    with Spool.opened(folder, most, metrics.set_aside) as spool:
        metrics.watch(spool)
        keeper = SpoolingKeeper(kafka, spool, metrics)
        app = create_app(Settings(**CONFIGURED), keeper, metrics)
        async with TestClient(TestServer(app)) as door:
            yield door, spool


@pytest.fixture
def metrics() -> IntakeMetrics:
    return IntakeMetrics()


# -- What is written


@pytest.mark.parametrize(("source", "body"), ALL)
def test_a_body_s_events_come_back_as_they_were(source: str, body: object) -> None:
    """Each field of each event and link, the instants too; what was ignored is not."""
    whole = parsed(source, body)

    assert decode_record(encode_record(whole)) == replace(whole, ignored={})


def test_nobody_s_number_name_or_text_is_written() -> None:
    """A record says as much as the events topic does."""
    written = encode_record(parsed("whatsapp", asked()))

    assert b'"event_id"' in written
    for secret in (PHONE, "Our Customer", "Our words"):
        assert secret.encode() not in written


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans())
def test_no_changed_record_is_taken_for_one(place: int, bit: int, cut: bool) -> None:  # noqa: FBT001  hypothesis
    """A flipped bit or a missing end is refused, and the reason quotes nothing."""
    record = bytearray(encode_record(parsed("whatsapp", asked())))
    place %= len(record)
    if cut:
        del record[place:]
    else:
        record[place] ^= 1 << bit

    with pytest.raises(ValueError, match=r"^its checksum is another$"):
        decode_record(bytes(record))


# -- While Kafka is away


async def test_a_webhook_is_taken_while_kafka_is_away(
    tmp_path: Path, metrics: IntakeMetrics
) -> None:
    """200, ready, counted once, said once; and it waits on the disk."""
    with capture_logs() as lines:
        async with door_with_a_spool(tmp_path, kafka_nowhere(), metrics) as (door, _):
            for _ in range(3):
                answer = await post_to(door, QUESTION)
                assert (answer.status, await answer.json()) == (200, {"accepted": 1})
            assert (await door.get("/readyz")).status == 200
            counted = samples(metrics)

    accepted = "replyclock_events_accepted_total"
    assert counted[f'{accepted}{{channel="whatsapp",kind="message"}}'] == 3
    assert counted["replyclock_spooled_total"] == 3
    assert counted["replyclock_spool_records"] == 3
    assert 0 < counted["replyclock_spool_bytes"] < 1 << 20
    assert counted["replyclock_spool_max_bytes"] == 1 << 26
    assert counted["replyclock_spool_oldest_timestamp_seconds"] > 1e9
    said = [line["event"] for line in lines]
    assert said.count("webhooks wait in the spool") == 1
    assert PHONE.encode() not in (tmp_path / FILE).read_bytes()


async def test_neither_kafka_nor_room_is_503(
    tmp_path: Path, metrics: IntakeMetrics
) -> None:
    """A full spool is as none: Meta comes again, nobody is ready, one line says why."""
    folder, most = tmp_path, 1 << 20
    with capture_logs() as lines:
        async with door_with_a_spool(folder, kafka_nowhere(), metrics, most) as (
            door,
            spool,
        ):
            for _ in range(600):
                await spool.append(b"x" * 1600)
                if spool.used_bytes > most * 0.99:
                    break
            answers = [await post_to(door, QUESTION) for _ in range(40)]
            assert (await door.get("/readyz")).status == 503

    assert (answers[-1].status, answers[-1].headers["Retry-After"]) == (503, "5")
    refused = [answer.status for answer in answers].count(503)
    assert samples(metrics)["replyclock_spool_refused_total"] == refused
    said = [line["event"] for line in lines]
    assert said.count("the spool takes nothing") == 1


# -- When it is back


@pytest.mark.broker
async def test_kafka_gets_it_in_order_when_it_is_back(
    kafka: str, prefix: str, tmp_path: Path, metrics: IntakeMetrics
) -> None:
    """With the time of its first arrival, past a record that cannot be read."""
    async with door_with_a_spool(tmp_path, kafka_nowhere(), metrics) as (door, spool):
        for number in range(30):
            assert await post(door, number) == 200
        await spool.append(b"00000000{}")
        for number in range(30, 60):
            assert await post(door, number) == 200
    before = datetime.now(UTC)

    await create_topic(kafka, prefix)
    with capture_logs() as lines:
        async with door_with_a_spool(tmp_path, customers(kafka, prefix), metrics) as (
            door,
            spool,
        ):
            assert (spool.waiting, (await door.get("/readyz")).status) == (61, 200)
            await until_empty(spool)
            await until_ready(door)
            assert await post(door, 60) == 200

    found = await records(kafka, prefix)
    events = [decode_event(record.value) for record in found]
    names = [event.event_id.rpartition(".")[2] for event in events]
    assert sorted(names) == sorted(f"Q{number}" for number in range(61))
    for partition in range(4):
        came = [
            int(name[1:])
            for name, record in zip(names, found, strict=True)
            if record.partition == partition
        ]
        assert came == sorted(came)
    assert sum(event.arrived < before.timestamp() * 1000 for event in events) == 60
    assert samples(metrics)["replyclock_spool_set_aside_total"] == 1
    assert samples(metrics)["replyclock_spool_records"] == 0
    said = [line["event"] for line in lines]
    assert said.count("the spool is empty") == 1
    assert said.count("a spooled record is set aside") == 1
    assert b"00000000{}" in (tmp_path / FILE).read_bytes()


async def until_empty(spool: Spool) -> None:
    async def is_empty() -> bool:
        return spool.waiting == 0

    await until(is_empty)


async def post(door: Client, number: int) -> int:
    return (await post_to(door, question(number))).status


@pytest.mark.broker
async def test_names_are_joined_when_it_leaves_the_spool(
    kafka: str, prefix: str, tmp_path: Path, metrics: IntakeMetrics
) -> None:
    """What came while nobody could know whose it is ends in the customer's thread."""
    both = asks(**{"from": PHONE_OF_TWO}, from_user_id=USER)
    async with door_with_a_spool(tmp_path, kafka_nowhere(), metrics) as (_, spool):
        for body in (sent(recipient_user_id=USER), both):
            await spool.append(encode_record(parsed("whatsapp", body)))

    await create_topic(kafka, prefix)
    async with door_with_a_spool(tmp_path, customers(kafka, prefix), metrics) as (
        door,
        spool,
    ):
        await until_empty(spool)
        later = on_the_wire(sent(90, recipient_user_id=USER))
        assert (await post_to(door, later)).status == 200

    found = await records(kafka, prefix)
    assert [b'"same_customer"' in record.value for record in found].count(True) == 1
    assert len(set(keys(found))) == 1


@pytest.mark.broker
async def test_kafka_frozen_is_200_within_five_seconds(
    start_stack: Callable[..., Stack],
    prefix: str,
    tmp_path: Path,
    metrics: IntakeMetrics,
) -> None:
    """A broker that says nothing is found out in the time that Meta waits, once."""
    stack = await asyncio.to_thread(start_stack, "kafka")
    await create_topic(stack.broker, prefix)
    pid = stack.pid("kafka")
    assert pid is not None
    kafka = customers(stack.broker, prefix)
    async with door_with_a_spool(tmp_path, kafka, metrics) as (door, spool):

        async def is_connected() -> bool:
            return kafka.is_ready

        await until(is_connected)
        os.kill(pid, signal.SIGSTOP)
        try:
            began_at = monotonic()
            answers = await asyncio.gather(*(post(door, n) for n in range(5)))
            first_took = monotonic() - began_at
            answers.append(await post(door, 5))
            took = monotonic() - began_at - first_took
        finally:
            os.kill(pid, signal.SIGCONT)
        assert (set(answers), first_took < 5, took < 1) == ({200}, True, True)
        await until_empty(spool)

    found = await records(stack.broker, prefix)
    ids = {decode_event(record.value).event_id for record in found}
    assert {name.rpartition(".")[2] for name in ids} == {f"Q{n}" for n in range(6)}
