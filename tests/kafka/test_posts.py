"""Posted events into a real Kafka, and the door against its own OpenAPI document."""

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import generate_latest
from pydantic import SecretStr

from stream.intake.customers import Customers
from stream.intake.door import create_app
from stream.intake.metrics import IntakeMetrics
from stream.kafka.events_topic import EventsTopic
from stream.process.senders import new_token
from stream.process.settings import Settings
from stream.records import decode_event
from tests.intake.test_posted import MESSAGE
from tests.kafka.test_events_topic import (
    PARTITIONS,
    Client,
    create_topic,
    records,
    until_ready,
)

pytestmark = pytest.mark.broker

TOKEN, _SAID = new_token("desk")
EXPIRED, _OLD = new_token("old", datetime.now(UTC) - timedelta(days=1))
OTHER, _OTHERS = new_token("shop")


def tokens() -> str:
    known = {**json.loads(_SAID), **json.loads(_OLD), **json.loads(_OTHERS)}
    known["shop"]["accounts"] = ["messenger:55"]
    return json.dumps(known)


@pytest.fixture
def metrics() -> IntakeMetrics:
    return IntakeMetrics()


@pytest.fixture
async def door(
    kafka: str, prefix: str, metrics: IntakeMetrics
) -> AsyncIterator[Client]:
    await create_topic(kafka, prefix)
    settings = Settings(
        broker=kafka,
        topic_prefix=prefix,
        events_tokens=SecretStr(tokens()),
        id_secret=SecretStr("id-secret"),
    )
    topic = EventsTopic(broker=kafka, name=settings.events_topic, partitions=PARTITIONS)
    customers = Customers(topic, settings.kafka, settings.aliases_topic)
    app = create_app(settings, customers, metrics)
    async with TestClient(TestServer(app)) as client:
        await until_ready(client)
        yield client


async def post(
    door: Client, body: Any, token: str | None = TOKEN, kind: str = "application/json"
) -> ClientResponse:
    headers = {"Content-Type": kind}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await door.post("/v1/events", data=io.BytesIO(data), headers=headers)


async def test_what_is_accepted_is_in_kafka_and_nothing_else(
    door: Client, kafka: str, prefix: str, metrics: IntakeMetrics
) -> None:
    """One, a list, lines; each item has its answer, and is counted."""
    broken = MESSAGE | {"event_id": "2", "channel": "whatsap"}
    lines = b"\n".join(json.dumps(MESSAGE | {"event_id": n}).encode() for n in "34")

    one = await post(door, MESSAGE)
    some = await post(door, [MESSAGE | {"event_id": "5"}, broken])
    none = await post(door, broken)
    two = await post(door, lines, kind="application/x-ndjson")

    assert [one.status, some.status, none.status, two.status] == [200, 207, 422, 200]
    assert await some.json() == {
        "accepted": 1,
        "refused": 1,
        "items": [
            {"accepted": True, "event_id": "desk:5"},
            {
                "accepted": False,
                "error": "Invalid enum value 'whatsap' - at `$.channel`:"
                " did you mean 'whatsapp'?",
            },
        ],
    }
    kept = [decode_event(record.value) for record in await records(kafka, prefix)]
    assert sorted(event.event_id for event in kept) == [f"desk:{n}" for n in "1345"]
    text = generate_latest(metrics.registry).decode()
    series = 'replyclock_posted_events_total{result="%s",sender="desk"} %s.0'
    assert series % ("accepted", 4) in text
    assert series % ("refused", 2) in text


async def test_without_a_good_token_nothing_is_read(
    door: Client, kafka: str, prefix: str
) -> None:
    """None, unknown, expired: 401; of another source: its item is refused."""
    for token in (None, "", "wrong", EXPIRED):
        answer = await post(door, MESSAGE, token)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (await post(door, MESSAGE, OTHER)).status == 422

    assert await records(kafka, prefix) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b"[" + b"0," * 6000 + b"0]", "application/json", 413),
        (b" " * (3 * 1024 * 1024 + 1), "application/json", 413),
        (b"[]", "application/json", 200),
        (b"7", "application/json", 422),
        (b"7\n\xff\n{", "application/x-ndjson", 422),
    ],
)
async def test_a_body_that_cannot_be_read(
    door: Client, body: bytes, kind: str, status: int
) -> None:
    """Says what is wrong with it."""
    assert (await post(door, body, kind=kind)).status == status


async def test_the_door_is_as_its_document_says(door: Client, tmp_path: Path) -> None:
    """Schemathesis, which nobody here wrote, finds no answer that is not described.

    It posts what the document allows and what it does not, without a token, too.
    """
    url = str(door.make_url("/v1/openapi.json"))
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,"
    checks += "response_schema_conformance,negative_data_rejection,"
    checks += "positive_data_acceptance,ignored_auth,unsupported_method"
    # Some of a list may be right (207), and a list may be too long (413).
    refusals = "[400, 401, 207, 413, 415, 422]"
    settings = f"checks.negative_data_rejection.expected-statuses = {refusals}\n"
    (tmp_path / "schemathesis.toml").write_text(settings, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", url),
        *("-H", f"Authorization: Bearer {TOKEN}"),
        *("--max-examples", "60", "--seed", "1", "--no-color"),
        *("--checks", checks),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()
