"""`POST /slack/actions`: who may speak here, and what."""

import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry
from slack_sdk.signature import SignatureVerifier

from alerts.delivery import wall_ms
from alerts.inbox.door import PATH, Door
from alerts.inbox.inbox import Inbox
from alerts.inbox.metrics import InboxMetrics
from alerts.slack.client import Slack
from tests.alerts.inbox.conftest import Desk

SECRET = "of the door"


class Visitor:
    """Sends what it likes; signs it, or does not."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.registry = CollectorRegistry()

    async def send(
        self, body: bytes, *, secret: str = SECRET, age: float = 0, **headers: str
    ) -> int:
        stamp = str(int(time.time() - age))
        text = body.decode("latin-1")
        signature = SignatureVerifier(secret).generate_signature(
            timestamp=stamp, body=text
        )
        signed = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": str(signature),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = await self.client.post(PATH, data=body, headers=signed | headers)
        return answer.status


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    app, registry = web.Application(), CollectorRegistry()
    metrics = InboxMetrics(registry)
    async with Slack("none", "http://127.0.0.1:9/api/", 1) as slack:
        desk = Desk()
        inbox = Inbox(
            slack=slack, press=desk.press, desk=desk, metrics=metrics, now=wall_ms
        )
        app.add_routes(Door(inbox, SECRET, metrics).routes())
        async with TestClient(TestServer(app)) as client:
            visitor = Visitor(client)
            visitor.registry = registry
            yield visitor


COMMAND = urlencode({"command": "/replyclock", "text": ""}).encode()


async def test_what_slack_signed_is_taken(visitor: Visitor) -> None:
    """A command without words is answered with what there is."""
    assert await visitor.send(COMMAND) == 200


@pytest.mark.parametrize(
    "what",
    [
        {"secret": "another"},
        {"age": 301},
        {"age": -301},
        {"X-Slack-Signature": "v0=00"},
        {"X-Slack-Signature": "v0=\u00e9"},
        {"X-Slack-Request-Timestamp": "now"},
    ],
    ids=[
        "with another secret",
        "five minutes old",
        "from the future",
        "with a wrong signature",
        "with a signature that is no ASCII",
        "with an instant that is no number",
    ],
)
async def test_what_slack_did_not_sign_is_401(
    visitor: Visitor, what: dict[str, object]
) -> None:
    """Counted, and read by nobody."""
    assert await visitor.send(COMMAND, **what) == 401  # type: ignore[arg-type]
    assert _count(visitor, "unsigned") == 1


async def test_without_any_signature_is_401(visitor: Visitor) -> None:
    """Garbage, too: what is not signed is not read at all."""
    answer = await visitor.client.post(PATH, data=b"payload={")
    assert answer.status == 401


@pytest.mark.parametrize(
    "body",
    [b"payload={", b"payload=[]", b"payload=1"],
    ids=["no JSON", "a list", "a number"],
)
async def test_signed_garbage_is_400(visitor: Visitor, body: bytes) -> None:
    """Nothing falls over, and no body comes back in the answer."""
    assert await visitor.send(body) == 400
    assert _count(visitor, "unreadable") == 1


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "shortcut"},
        {"type": "view_submission", "view": {}},
        {"type": "block_actions", "team": 5},
    ],
    ids=["an empty object", "a shortcut", "half of a modal", "another shape"],
)
async def test_signed_and_not_known_is_400(
    visitor: Visitor, payload: dict[str, object]
) -> None:
    """Another version's, or another app's."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    assert await visitor.send(body) == 400
    assert _count(visitor, "unknown") == 1


async def test_a_press_of_another_shape_is_acknowledged(visitor: Visitor) -> None:
    """It would come again otherwise, and be no better."""
    action = {"type": "button", "block_id": "presses/k", "action_id": "take"}
    payload = {"type": "block_actions", "user": {"id": "U1"}, "actions": [action]}
    body = urlencode({"payload": json.dumps(payload)}).encode()
    assert await visitor.send(body) == 200


def _count(visitor: Visitor, result: str) -> float | None:
    name, labels = "replyclock_slack_requests_total", {"result": result}
    return visitor.registry.get_sample_value(name, labels)
