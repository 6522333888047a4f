"""Intake as the process that it is: started, signalled, ended."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from dev.places import CONFIG
from dev.ports import reserve_port
from stream.channels.signature import sign
from stream.intake.spool import Spool
from stream.records import decode_event
from tests.bodies import asked, on_the_wire

PROGRAM = """
from stream.config import load_config
from stream.intake.process import run_intake
from stream.process.logs import set_up_logs
from stream.process.settings import read_settings

set_up_logs("info", "json")
settings = read_settings()
raise SystemExit(run_intake(settings, load_config(settings.config)))
"""


@asynccontextmanager
async def intake(
    port: int, broker: str, prefix: str, metrics_port: int = 0, spool: str = ""
) -> AsyncIterator[Process]:
    environment = {
        **os.environ,
        "REPLYCLOCK_BROKER": broker,
        "REPLYCLOCK_CONFIG": str(CONFIG),
        "REPLYCLOCK_TOPIC_PREFIX": prefix,
        "REPLYCLOCK_INTAKE_PORT": str(port),
        "REPLYCLOCK_INTAKE_METRICS_PORT": str(metrics_port),
        "REPLYCLOCK_WHATSAPP_APP_SECRET": "app-secret",
        "REPLYCLOCK_WHATSAPP_VERIFY_TOKEN": "verify-me",
        "REPLYCLOCK_ID_SECRET": "id-secret",
        "REPLYCLOCK_SPOOL_DIR": spool,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, env=environment, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def status(session: ClientSession, url: str) -> int:
    """The status of a GET; 0 while nobody listens."""
    try:
        async with session.get(url) as answer:
            return answer.status
    except ClientConnectionError:
        return 0


async def until(session: ClientSession, url: str, expected: int) -> None:
    async with asyncio.timeout(30):
        while await status(session, url) != expected:  # noqa: ASYNC110  a process
            await asyncio.sleep(0.05)


async def is_cut_off(port: int) -> None:
    """Half a header gets no answer, and no more time than it may have."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /hooks/whatsapp HTTP/1.1\r\nHost: x\r\nX-")
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()


async def stopped(process: Process) -> tuple[int | None, list[dict[str, str]]]:
    """End it as a supervisor does; its exit code and its log lines."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(15):
        _, errors = await process.communicate()
    return process.returncode, [json.loads(line) for line in errors.splitlines()]


async def test_a_start_before_kafka_is_one_clear_line() -> None:
    """It listens, is not ready, says so once and ends cleanly when told.

    Meanwhile half a header is cut off, and counted on the other port.
    """
    port, metrics_port, nowhere = reserve_port(), reserve_port(), reserve_port()
    async with (
        intake(port, f"127.0.0.1:{nowhere}", "", metrics_port) as process,
        ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        await until(session, "/healthz", 200)
        assert await status(session, "/readyz") == 503
        # Five seconds: long enough for three attempts.
        await is_cut_off(port)
        inside = f"http://127.0.0.1:{metrics_port}"
        assert await status(session, f"{inside}/readyz") == 503
        assert await status(session, f"{inside}/hooks/whatsapp") == 404
        async with session.post(f"{inside}/-/reload") as answer:
            assert answer.status == 200
        async with session.get(f"{inside}/metrics") as answer:
            assert 'closed_total{reason="slow_header"} 1.0' in await answer.text()
        code, lines = await stopped(process)

    assert code == 0
    # Kafka is asked for while the door opens: either line may be first.
    said = {line["event"]: line for line in lines}
    assert lines[-1]["event"] == "intake has stopped"
    assert sorted(said) == [
        "intake has stopped",
        "intake is listening",
        "kafka is away",
    ]
    assert len(lines) == len(said)
    assert said["kafka is away"]["broker"] == f"127.0.0.1:{nowhere}"


@pytest.mark.parametrize("which", ["webhooks", "metrics"])
async def test_a_taken_port_is_one_clear_line_and_a_fault(which: str) -> None:
    """No stack trace, but which of the two; the supervisor sees the exit code."""
    port = reserve_port()
    webhooks, metrics = (port, 0) if which == "webhooks" else (0, port)
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    async with taken, intake(webhooks, "127.0.0.1:1", "", metrics) as process:
        async with asyncio.timeout(15):
            _, errors = await process.communicate()

    lines = [json.loads(line) for line in errors.splitlines()]
    assert process.returncode == 1
    (line,) = (line for line in lines if line["event"] != "kafka is away")
    assert (line["event"], line["port"]) == ("cannot listen", port)


async def test_a_spool_that_cannot_be_opened_is_one_clear_line(tmp_path: Path) -> None:
    """Another intake has it, or its folder is not there: it says which, and ends."""
    folders = {"has it": tmp_path, "not there": tmp_path / "nowhere"}
    with Spool.opened(tmp_path, 1 << 20, lambda: None):
        said = {}
        for what, folder in folders.items():
            async with intake(0, "127.0.0.1:1", "", spool=str(folder)) as process:
                async with asyncio.timeout(15):
                    _, errors = await process.communicate()
            (line,) = (json.loads(line) for line in errors.splitlines())
            assert (line["event"], line["folder"]) == (
                "cannot open the spool",
                str(folder),
            )
            said[what] = (process.returncode, line["error"])

    assert said == {
        "has it": (1, "database is locked"),
        "not there": (1, "unable to open database file"),
    }


@pytest.mark.broker
async def test_sigterm_under_load_loses_nothing_that_was_accepted(
    kafka: str, prefix: str
) -> None:
    """Every 200 is in Kafka, and whatever is in Kafka was answered."""
    topic = f"{prefix}conversations.events"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    names = [topic, f"{prefix}conversations.aliases"]
    await admin.create_topics([NewTopic(name, 4, 1) for name in names])
    await admin.close()
    port = reserve_port()
    accepted: set[str] = set()
    refused: list[int] = []

    async def customer(number: int, session: ClientSession) -> None:
        """Writes until the door is closed."""
        turn = 0
        while True:
            turn += 1
            name = f"C{number}T{turn}"
            body = on_the_wire(asked(name))
            headers = {"X-Hub-Signature-256": sign(b"app-secret", body)}
            try:
                async with session.post(
                    "/hooks/whatsapp", data=body, headers=headers
                ) as answer:
                    if answer.status != 200:
                        refused.append(answer.status)
                        continue
                    accepted.add(name)
            except ClientConnectionError:
                return

    async with (
        intake(port, kafka, prefix) as process,
        ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        await until(session, "/readyz", 200)
        customers = [
            asyncio.create_task(customer(number, session)) for number in range(30)
        ]
        async with asyncio.timeout(30):
            while len(accepted) < 200:  # noqa: ASYNC110  counted by thirty tasks
                await asyncio.sleep(0.01)
        code, lines = await stopped(process)
        await asyncio.gather(*customers)

    assert (code, lines[-1]["event"]) == (0, "intake has stopped")
    assert (refused, await message_names(kafka, topic)) == ([], accepted)


async def message_names(broker: str, topic: str) -> set[str]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        ends = sum((await consumer.end_offsets(consumer.assignment())).values())
        events = []
        while len(events) < ends:
            for batch in (await consumer.getmany(timeout_ms=1000)).values():
                events.extend(decode_event(record.value) for record in batch)
    finally:
        await consumer.stop()
    return {event.event_id.rpartition(".")[2] for event in events}
