"""Names and numbers through everything that runs: only Slack shows them (ADR 16)."""

import asyncio
import base64
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from redis.asyncio import Redis

from dev.demo.seen import Seen
from dev.system import INTAKE_METRICS, System
from stream.channels.signature import sign
from tests.bodies import Body, messenger, whatsapp
from tests.broker.conftest import Scene

pytestmark = pytest.mark.broker

ACCOUNT, PAGE = "106540352242922", "1234567890"
"""Of the shipped rules: promised five and fifteen minutes; names may be shown."""
NUMBER, OTHER_NUMBER, VISITOR = "36207654321", "36701239876", "7300000000000042"
USER, HANDLE = "HU.90871123448", "quirin.o"
NAME, OTHER_NAME, THIRD_NAME = "Zsuzsanna Kékkői", "Quirin Öztürk", "Fürge Ödön"
WORDS = "my parcel never came"
SECRETS = (
    NUMBER,
    OTHER_NUMBER,
    VISITOR,
    USER,
    HANDLE,
    NAME,
    OTHER_NAME,
    THIRD_NAME,
    WORDS,
)
SHOWN = {f"{NAME} …4321", f"{OTHER_NAME} @{HANDLE}", "…0042"}


def asked(number: str, profile: Body, ago: int, **ids: str) -> Body:
    """A customer of WhatsApp wrote so many seconds ago."""
    writer = {"from": ids["wa_id"]} if "wa_id" in ids else {"from_user_id": USER}
    message = {
        **writer,
        "id": f"wamid.{number}",
        "timestamp": str(int(time.time()) - ago),
        "type": "text",
        "text": {"body": WORDS},
    }
    body = whatsapp(contacts=[{"profile": profile, **ids}], messages=[message])
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = ACCOUNT
    return body


def replied(number: str) -> Body:
    """Somebody answered by the helpdesk; the contact stands beside it."""
    status = {
        "id": f"wamid.{number}",
        "status": "delivered",
        "timestamp": str(int(time.time())),
        "recipient_id": NUMBER,
        "biz_opaque_callback_data": "agent:7",
    }
    contact = {"profile": {"name": NAME}, "wa_id": NUMBER}
    body = whatsapp(contacts=[contact], statuses=[status])
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = ACCOUNT
    return body


def visited(ago: int) -> Body:
    """A visitor of the page wrote so many seconds ago."""
    text = json.dumps(messenger(message={"mid": "m_1", "text": WORDS}))
    body: Body = json.loads(text.replace("410000000000001", PAGE))
    (event,) = body["entry"][0]["messaging"]
    event["sender"]["id"] = VISITOR
    event["timestamp"] = (int(time.time()) - ago) * 1000
    return body


def post(system: System, body: bytes, *, secret: bytes | None = None) -> int:
    """The answer's status."""
    source = "messenger" if b'"page"' in body else "whatsapp"
    signature = sign(secret or system.app_secrets[source], body)
    request = urllib.request.Request(  # noqa: S310  ours
        f"{system.url('intake')}/hooks/{source}",
        data=body,
        headers={"X-Hub-Signature-256": signature},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  ours
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def said_of_customers(messages: list[dict[str, Any]]) -> set[str]:
    """Of each message, its line about the customer."""
    fields = [field for m in messages for field in m["blocks"][1]["fields"]]
    return {
        field["text"].removeprefix("Customer\n")
        for field in fields
        if field["text"].startswith("Customer\n")
    }


def forms(text: str) -> Iterator[bytes]:
    """As it may stand somewhere: plain, escaped by JSON, in base64, in hex."""
    plain = text.encode()
    yield plain
    yield json.dumps(text)[1:-1].encode()
    yield base64.b64encode(plain).rstrip(b"=")[:-1]
    yield plain.hex().encode()


def found_in(places: list[bytes]) -> set[bytes]:
    """What of the secrets is in any of the places."""
    wanted = {form for secret in SECRETS for form in forms(secret)}
    return {form for form in wanted if any(form in place for place in places)}


async def records(broker: str) -> dict[str, list[bytes]]:
    """Keys, values and headers of every topic that there is."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker,
        auto_offset_reset="earliest",
        exclude_internal_topics=False,
    )
    await consumer.start()
    try:
        topics = await consumer.topics()
        consumer.subscribe(sorted(topics))
        while not consumer.assignment():
            await consumer.getmany(timeout_ms=200)
        ends = await consumer.end_offsets(consumer.assignment())
        found: dict[str, list[bytes]] = {topic: [] for topic in topics}
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for tp, batch in (await consumer.getmany(timeout_ms=500)).items():
                for record in batch:
                    headers = [value for _, value in record.headers]
                    parts = [record.key, record.value, *headers]
                    found[tp.topic] += [part for part in parts if part]
        return found
    finally:
        await consumer.stop()


async def remembered(url: str) -> list[bytes]:
    """Every key of Redis with all that is under it."""
    found: list[Any] = []
    async with Redis.from_url(url) as redis:
        async for key in redis.scan_iter():
            match await redis.type(key):
                case b"hash":
                    inside = await redis.hgetall(key)
                    found += [*inside, *inside.values()]
                case b"zset":
                    found += await redis.zrange(key, 0, -1)
                case b"set":
                    found += await redis.smembers(key)
                case _:
                    found.append(await redis.get(key) or b"")
            found.append(key)
    return found


def pages(system: System) -> list[bytes]:
    """Every metric page."""
    ports = [system.ports[name] for name in (INTAKE_METRICS, "worker", "alerts")]
    read = []
    for port in ports:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as page:
            read.append(page.read())
    return read


def test_only_slack_shows_who_it_is(scene):
    """No topic, metric, log, or key of Redis holds a name, a number or their words.

    In between the key is rotated: what the old one sealed is still said.
    """
    played: Scene = scene("intake", "worker", "alerts")
    system, stack = played.system, played.system.stack
    bodies = [
        asked("z1", {"name": NAME}, 600, wa_id=NUMBER),
        # Never told a number; then one is learned, and two conversations are one.
        asked("q1", {"name": OTHER_NAME, "username": HANDLE}, 500, user_id=USER),
        visited(1200),
    ]
    for body in bodies:
        assert post(system, json.dumps(body).encode()) == 200
    broken = json.dumps(asked("b1", {"name": {"first": NAME}}, 9, wa_id=NUMBER))
    assert post(system, broken.encode(), secret=b"of another") == 401
    assert post(system, f"{broken}{NAME}".encode()) == 400
    strange = broken.replace('"timestamp": "', f'"timestamp": "{NAME}')
    assert post(system, strange.encode()) == 200

    def are_told(seen: Seen) -> bool:
        return said_of_customers(seen.messages) == SHOWN

    seen = played.wait_until(are_told)
    assert said_of_customers(seen.messages) == SHOWN

    for name in ("intake", "alerts"):
        assert system.terminate(name) == 0
    old = system.environment["REPLYCLOCK_CONTACT_KEY"]
    system.environment["REPLYCLOCK_CONTACT_KEY"] = f"{secrets.token_hex(32)},{old}"
    system.start("intake", "alerts")
    system.wait_ready("intake", "alerts")
    later = asked("f1", {"name": THIRD_NAME}, 400, wa_id=OTHER_NUMBER, user_id=USER)
    for body in (replied("r1"), later):
        assert post(system, json.dumps(body).encode()) == 200

    def is_rotated(seen: Seen) -> bool:
        said = said_of_customers(seen.messages)
        return f"{THIRD_NAME} …9876" in said and any(
            "answered" in message["text"] for message in seen.messages
        )

    seen = played.wait_until(is_rotated)
    assert is_rotated(seen)
    edited = [m for m in seen.messages if "answered" in m["text"]]
    assert said_of_customers(edited) == {f"{NAME} …4321"}

    topics = asyncio.run(records(stack.broker))
    assert {"conversations.events", "sla.facts", "conversations.aliases"} <= {*topics}
    assert any("changelog" in topic for topic in topics)
    assert {topic for topic in topics if found_in(topics[topic])} == set()
    kept = asyncio.run(remembered(stack.redis_url))
    assert len(kept) > 20
    assert found_in(kept) == set()
    told = pages(system)
    assert b'unopened_total{reason="other_key"} 0.0' in b"".join(told)
    assert found_in(told) == set()
    files = [file for file in stack.folder.rglob("*") if file.is_file()]
    assert {"intake.log", "worker.log", "alerts.log"} <= {file.name for file in files}
    named = {file.name for file in files if found_in([file.read_bytes()])}
    assert named == {"journal.jsonl"}  # what the stand-in Slack was told
    # The number in full is said to nobody, as the rules file wants it.
    assert NUMBER not in json.dumps(seen.messages)
