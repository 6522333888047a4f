"""Other programs take and snooze alerts: over HTTP, on real Redis."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from alerts.acks import Acks
from alerts.alert import alert_key
from alerts.ledger import Ledger
from stream.process.senders import Senders
from stream.sla.instants import MINUTE, rfc3339
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.presses.conftest import Clock, Desk, clock, desk

__all__ = ["clock", "desk"]
pytestmark = pytest.mark.broker

CYCLE = Cycle("a")
KEY = alert_key(CYCLE.breached())
BEARER = {"Authorization": "Bearer of-the-pager"}


@pytest.fixture
async def door(
    delivering: Delivering, desk: Desk, clock: Clock
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """One alert is open."""
    await delivering.tell(CYCLE.breached())
    app = web.Application()
    acks = Acks(Senders("of-the-pager"), desk.presses.press, clock)
    app.add_routes(acks.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_taken_and_given_back(
    door: TestClient[web.Request, web.Application], ledger: Ledger
) -> None:
    """By whom the body says, else by the token's name; a repetition is one press."""
    for _ in range(2):
        body = {"alert": KEY, "by": "U0ANA", "id": "1"}
        answer = await door.post("/v1/acks", json=body, headers=BEARER)
        assert answer.status == 200
        assert (await answer.json())["said"].startswith("It is yours until")
    [entry] = await ledger.entries([KEY])
    assert entry.handling.taken is not None
    assert entry.handling.taken.by == "U0ANA"
    assert entry.version == 2


async def test_snoozed(
    door: TestClient[web.Request, web.Application], ledger: Ledger, clock: Clock
) -> None:
    """Until an instant with any offset; without one it is refused."""
    until = clock.now + 10 * MINUTE
    body = {"alert": KEY, "until": rfc3339(until)}
    assert (await door.post("/v1/snoozes", json=body, headers=BEARER)).status == 200
    [entry] = await ledger.entries([KEY])
    assert entry.handling.snoozed is not None
    assert entry.handling.snoozed.until == until
    assert entry.handling.snoozed.by == "events"
    answer = await door.post("/v1/snoozes", json={"alert": KEY}, headers=BEARER)
    assert answer.status == 422


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("{}", {}, 401),
        ("{}", {"Authorization": "Bearer of-somebody"}, 401),
        ("{", BEARER, 400),
        ("{}", BEARER, 422),
        ('{"alert": 1}', BEARER, 422),
        ('{"alert": "ffff"}', BEARER, 404),
    ],
)
async def test_what_is_refused(
    door: TestClient[web.Request, web.Application],
    body: str,
    headers: dict[str, str],
    status: int,
) -> None:
    """Without a token that is known, without a body that says what is meant."""
    answer = await door.post("/v1/acks", data=body, headers=headers)
    assert answer.status == status
    assert "of-the-pager" not in await answer.text()
