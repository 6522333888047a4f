"""Several businesses through one door: whose secret signs, whose token verifies."""

import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from stream.channels.signature import sign
from stream.intake.bodies import SMALL_BODY
from stream.intake.metrics import IntakeMetrics
from tests.intake.test_door import NOTHING, SECRET, app_of, samples

APPS = {
    "acme": {"app_secrets": ["acme-new", "acme-old"], "verify_tokens": ["va", "vb"]},
    "sold": {"app_secrets": ["sold"], "channels": ["messenger"]},
}
LARGE = b"[" + b" " * SMALL_BODY + b"]"


def door_of(metrics: IntakeMetrics) -> TestClient[Any, Any]:
    app = app_of(metrics, meta_apps=SecretStr(json.dumps(APPS)))
    return TestClient(TestServer(app))


@pytest.mark.parametrize("body", [NOTHING, LARGE], ids=["small", "large"])
async def test_any_valid_secret_of_an_app_of_the_source_opens_its_door(
    body: bytes,
) -> None:
    """New and old, of every app; another source's, a part or none do not.

    Counted by app and by the secret's place, so that one sees when an old one rests.
    """
    metrics = IntakeMetrics()
    answers = {}
    async with door_of(metrics) as door:
        for secret in (SECRET, "acme-new", "acme-old", "sold", "acme", ""):
            for source in ("whatsapp", "messenger"):
                headers = {"X-Hub-Signature-256": sign(secret.encode(), body)}
                answer = await door.post(f"/hooks/{source}", data=body, headers=headers)
                answers[secret, source] = answer.status

    assert {who for who, status in answers.items() if status == 200} == {
        (SECRET, "whatsapp"),
        ("acme-new", "whatsapp"),
        ("acme-new", "messenger"),
        ("acme-old", "whatsapp"),
        ("acme-old", "messenger"),
        ("sold", "messenger"),
    }
    assert {status for status in answers.values() if status != 200} == {401}
    name = "replyclock_webhooks_signed_total"
    counted = samples(metrics)
    assert {key: n for key, n in counted.items() if key.startswith(f"{name}{{")} == {
        f'{name}{{app="{app}",secret="{place}",source="{source}"}}': n
        for app, place, source, n in (
            ("default", 1, "whatsapp", 1),
            ("default", 1, "messenger", 0),
            ("acme", 1, "whatsapp", 1),
            ("acme", 1, "messenger", 1),
            ("acme", 2, "whatsapp", 1),
            ("acme", 2, "messenger", 1),
            ("sold", 1, "messenger", 1),
        )
    }


async def test_any_verify_token_of_an_app_of_the_source_verifies() -> None:
    """Meta's form may hold either while one is changed; the log says whose it was."""
    given = ("verify-me", "va", "vb", "v", "")
    statuses = {}
    with capture_logs() as lines:
        async with door_of(IntakeMetrics()) as door:
            for token in given:
                asked = {"hub.mode": "subscribe", "hub.challenge": "1"}
                asked["hub.verify_token"] = token
                answer = await door.get("/hooks/whatsapp", params=asked)
                statuses[token] = answer.status

    assert statuses == dict(zip(given, (200, 200, 200, 403, 403), strict=True))
    verified = [line["app"] for line in lines if line["event"] == "webhook verified"]
    assert verified == ["default", "acme", "acme"]


async def test_a_refusal_names_the_app_and_no_secret() -> None:
    """A body that is well signed and no JSON is its app's to look at."""
    with capture_logs() as lines:
        async with door_of(IntakeMetrics()) as door:
            headers = {"X-Hub-Signature-256": sign(b"acme-old", b"{")}
            await door.post("/hooks/whatsapp", data=b"{", headers=headers)
            await door.post("/hooks/whatsapp", data=b"{", headers={})

    refused = [line for line in lines if line["event"] == "webhook refused"]
    assert [(line["app"], line["reason"]) for line in refused] == [
        ("acme", "not JSON"),
        (None, "bad signature"),
    ]
    assert "acme-old" not in json.dumps(lines, default=repr)
