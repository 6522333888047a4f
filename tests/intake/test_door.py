"""The HTTP door, over a real socket. No Kafka here: it is away in every test."""

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import generate_latest
from pydantic import SecretStr
from structlog.testing import capture_logs

from stream.channels.signature import sign
from stream.channels.sources import REASONS
from stream.intake.bodies import LARGEST_BODY, SMALL_BODY
from stream.intake.customers import Customers
from stream.intake.door import create_app
from stream.intake.metrics import IntakeMetrics
from stream.kafka.access import KafkaAccess
from stream.kafka.events_topic import EventsTopic
from stream.process.settings import Settings, SettingsError
from tests.bodies import PHONE, asked, on_the_wire, whatsapp

SECRET = "app-secret"
CONFIGURED: dict[str, Any] = {
    "whatsapp_app_secret": SecretStr(SECRET),
    "whatsapp_verify_token": SecretStr("verify-me"),
    "messenger_app_secret": SecretStr("another-secret"),
    "id_secret": SecretStr("id-secret"),
}
QUESTION = on_the_wire(asked())
NOTHING = b'{"object":"whatsapp_business_account","entry":[]}'

Client = TestClient[Any, Any]


def kafka_nowhere() -> Customers:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    broker = f"127.0.0.1:{port}"
    topic = EventsTopic(broker=broker, name="events", partitions=4)
    return Customers(topic, KafkaAccess.to(broker), "aliases")


def app_of(metrics: IntakeMetrics | None = None, **settings: Any) -> web.Application:
    """The door as it is configured, or otherwise."""
    return create_app(
        Settings(**{**CONFIGURED, **settings}),
        kafka_nowhere(),
        metrics or IntakeMetrics(),
    )


@pytest.fixture
def metrics() -> IntakeMetrics:
    return IntakeMetrics()


@pytest.fixture
async def door(metrics: IntakeMetrics) -> AsyncIterator[Client]:
    async with TestClient(TestServer(app_of(metrics))) as client:
        yield client


async def post(
    door: Client,
    body: bytes,
    *,
    source: str = "whatsapp",
    signature: str | None = None,
) -> ClientResponse:
    headers = {"X-Hub-Signature-256": signature or sign(SECRET.encode(), body)}
    return await door.post(f"/hooks/{source}", data=body, headers=headers)


def samples(metrics: IntakeMetrics) -> dict[str, float]:
    text = generate_latest(metrics.registry).decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines)
    }


async def test_the_challenge_comes_back_to_who_knows_the_token(door: Client) -> None:
    """Meta's verification gets its challenge, raw."""
    answer = await door.get(
        "/hooks/whatsapp",
        params={
            "hub.mode": "subscribe",
            "hub.verify_token": "verify-me",
            "hub.challenge": "1158201444<b>",
        },
    )

    assert (answer.status, await answer.text()) == (200, "1158201444<b>")
    assert answer.content_type == "text/plain"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"hub.verify_token": "wrong"}, id="another token"),
        pytest.param({"hub.verify_token": ""}, id="no token"),
        pytest.param({"hub.mode": "unsubscribe"}, id="another mode"),
        pytest.param({"hub.challenge": ""}, id="no challenge"),
    ],
)
async def test_verification_is_refused_for(
    door: Client, changed: dict[str, str]
) -> None:
    """Anything else is 403."""
    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": "verify-me",
        "hub.challenge": "1",
        **changed,
    }

    assert (await door.get("/hooks/whatsapp", params=asked)).status == 403


async def test_without_a_verify_token_nobody_is_verified(door: Client) -> None:
    """An unset token is not an empty one."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}

    assert (await door.get("/hooks/messenger", params=asked)).status == 403


@pytest.mark.parametrize("body", [QUESTION, b"not json"])
async def test_a_wrong_signature_is_401_before_anything_is_read(
    door: Client, body: bytes
) -> None:
    """The other source's secret does not open this one's door."""
    signature = sign(b"another-secret", body)

    assert (await post(door, body, signature=signature)).status == 401
    assert (await door.post("/hooks/whatsapp", data=body)).status == 401


@pytest.mark.parametrize("body", [b"", b"hub.mode=subscribe", b'{"object":'])
async def test_a_signed_body_that_is_not_json_is_400(door: Client, body: bytes) -> None:
    """Meta will not send it; a proxy on the way might."""
    assert (await post(door, body)).status == 400


async def test_json_with_nothing_for_us_is_200_and_counted(
    door: Client, metrics: IntakeMetrics
) -> None:
    """Unknown fields and objects are taken, Kafka there or not."""
    unknown = b'{"object":"whatsapp_business_account","entry":[{"changes":[{}]}]}'
    for body in (NOTHING, unknown, b"[]"):
        answer = await post(door, body)
        assert (answer.status, await answer.json()) == (200, {"accepted": 0})

    counted = samples(metrics)

    name = "replyclock_webhook_parts_ignored_total"
    assert counted[f'{name}{{reason="unknown_field",source="whatsapp"}}'] == 1
    assert counted[f'{name}{{reason="malformed",source="whatsapp"}}'] == 1
    assert counted['replyclock_webhooks_total{code="200",source="whatsapp"}'] == 3


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 64 * 1024):
        yield body[start : start + 64 * 1024]


async def test_more_parts_than_meta_sends_is_413(door: Client) -> None:
    """Nobody of Meta's sends a million parts, and they would take seconds."""
    answer = await post(door, on_the_wire(whatsapp(messages=[{}] * 6000)))

    assert answer.status == 413
    assert await answer.json() == {"error": "more than 5000 parts"}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(io.BytesIO, id="its length is told"),
        pytest.param(in_chunks, id="it comes in chunks"),
    ],
)
async def test_over_three_mebibytes_is_413_when(
    door: Client, sent: Callable[[bytes], Any]
) -> None:
    """One byte more than the limit is refused, the limit itself is read."""
    for size, status in ((LARGEST_BODY + 1, 413), (LARGEST_BODY, 400)):
        body = b"x" * size
        headers = {"X-Hub-Signature-256": sign(SECRET.encode(), body)}

        answer = await door.post("/hooks/whatsapp", data=sent(body), headers=headers)

        assert answer.status == status


async def test_large_bodies_are_read_a_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that does not come holds up large ones for a moment, small ones never."""
    monkeypatch.setattr("stream.intake.bodies.LARGE_BODIES", 1)
    monkeypatch.setattr("stream.intake.bodies._READ_SECONDS", 1.0)
    app = app_of()
    large, clock = b"[" + b" " * SMALL_BODY + b"]", asyncio.get_running_loop().time
    head = f"POST /hooks/whatsapp HTTP/1.1\r\nHost: x\r\nContent-Length: {len(large)}"
    async with TestClient(TestServer(app)) as door:
        answers, stalled = await asyncio.open_connection("127.0.0.1", door.port)
        stalled.write(f"{head}\r\n\r\n[".encode())
        await stalled.drain()
        began = clock()
        small = await post(door, NOTHING)
        small_took = clock() - began
        held_up = asyncio.create_task(post(door, large))
        refusal = await answers.readline()
        assert not held_up.done()
        await held_up
        after = await post(door, large)
        stalled.close()

    assert small.status == 200
    assert small_took < 0.5
    assert b" 408 " in refusal
    assert after.status == 200  # it was read, and nothing in it is for us


async def test_events_are_put_off_while_kafka_is_away(
    door: Client, metrics: IntakeMetrics
) -> None:
    """503 with Retry-After: Meta comes again with the same body."""
    answer = await post(door, QUESTION)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert (
        samples(metrics)[
            'replyclock_events_accepted_total{channel="whatsapp",kind="message"}'
        ]
        == 0
    )


async def test_alive_but_not_ready_while_kafka_is_away(door: Client) -> None:
    """A supervisor must not restart what only waits."""
    assert (await door.get("/healthz")).status == 200
    assert (await door.get("/readyz")).status == 503


async def test_what_we_count_is_not_for_the_internet(door: Client) -> None:
    """Neither metrics nor the reload of rules are where webhooks come in."""
    assert (await door.get("/metrics")).status == 404
    assert (await door.post("/-/reload")).status == 404


async def test_a_source_without_a_secret_has_no_door() -> None:
    """Not configured: 404 for both methods, and the other source is open."""
    app = app_of(messenger_app_secret=None)
    async with TestClient(TestServer(app)) as door:
        assert (await door.post("/hooks/messenger", data=NOTHING)).status == 404
        assert (await door.get("/hooks/messenger")).status == 404
        assert (await post(door, NOTHING)).status == 200


@pytest.mark.parametrize(
    ("unset", "named"),
    [
        pytest.param(
            ("whatsapp_app_secret", "messenger_app_secret"),
            "REPLYCLOCK_WHATSAPP_APP_SECRET, REPLYCLOCK_MESSENGER_APP_SECRET",
            id="every app secret",
        ),
        pytest.param(("id_secret",), "REPLYCLOCK_ID_SECRET", id="the id secret"),
    ],
)
async def test_the_start_is_refused_without(unset: tuple[str, ...], named: str) -> None:
    """The message names the variable to set."""
    with pytest.raises(SettingsError, match=named):
        app_of(**dict.fromkeys(unset))


async def test_all_that_is_missing_is_said_at_once() -> None:
    """Whoever mends one line is not sent back for the next."""
    with pytest.raises(SettingsError) as said:
        app_of(id_secret=None, whatsapp_app_secret=None, messenger_app_secret=None)
    assert len(str(said.value).splitlines()) == 2


def test_every_series_is_there_from_the_start(metrics: IntakeMetrics) -> None:
    """Codes, kinds and every reason begin at zero, each metric with its help."""
    counted = samples(metrics)
    text = generate_latest(metrics.registry).decode()

    assert [
        (source, reason)
        for source, reasons in REASONS.items()
        for reason in reasons
        if counted.get(
            "replyclock_webhook_parts_ignored_total"
            f'{{reason="{reason}",source="{source}"}}'
        )
        != 0
    ] == []
    assert counted['replyclock_webhooks_total{code="503",source="messenger"}'] == 0
    assert counted['replyclock_webhook_seconds_count{source="messenger"}'] == 0
    assert counted['replyclock_connections_closed_total{reason="too_many"}'] == 0
    for name in (
        *("webhooks_total", "webhook_seconds", "connections_closed_total"),
        *("events_accepted_total", "webhook_parts_ignored_total"),
    ):
        assert f"# HELP replyclock_{name} " in text


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(post, id="put off"),
        pytest.param(
            lambda door, body: post(door, body, signature="sha256=0"), id="unsigned"
        ),
        pytest.param(lambda door, body: post(door, body[:-1]), id="broken"),
    ],
)
async def test_no_log_line_tells_who_wrote_what(
    door: Client, spoil: Callable[[Client, bytes], Awaitable[ClientResponse]]
) -> None:
    """Neither phone number, name nor text of a refused body is logged."""
    with capture_logs() as lines:
        assert (await spoil(door, QUESTION)).status >= 400

    written = json.dumps(lines, default=repr)
    assert [
        secret
        for secret in ("15550002222", "Test User", "Vercel", SECRET)
        if secret in written
    ] == []


async def test_a_malformed_part_is_shown_by_its_shape(door: Client) -> None:
    """In the log, so that somebody can see what is new; and nothing of what it says."""
    said = {"type": "text", "text": {"body": "Our words \ud83d"}}
    with capture_logs() as logs:
        body = json.dumps(asked(**said, timestamp="soon")).encode()
        answer = await post(door, body)

    assert answer.status == 200

    [line] = [entry for entry in logs if entry["event"] == "part malformed"]
    assert '"timestamp": "<4 characters>"' in line["shape"]
    assert not any(word in str(line) for word in ("Our words", PHONE, "soon"))
