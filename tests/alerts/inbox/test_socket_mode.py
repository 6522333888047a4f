"""Socket Mode: connections that end, are refused, and lose what they carry."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from alerts.delivery import wall_ms
from alerts.inbox.inbox import Inbox
from alerts.inbox.metrics import InboxMetrics
from alerts.inbox.socket_mode import SocketMode
from alerts.slack.client import Slack
from dev.slack.client import SlackStandIn
from tests.alerts.inbox.conftest import Desk, Office, _cancelled
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker


@pytest.fixture
def office(slack: SlackStandIn) -> Office:
    return Office(slack, "socket")


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_it_connects_anew_when_it_is_asked_to(
    office: Office, reason: str
) -> None:
    """Before the old connection ends, where there is time; presses go on."""
    async with office.running():
        ts = await office.post()
        before = await _tickets(office)
        await asyncio.to_thread(office.slack.disconnect, reason)

        async def is_new() -> bool:
            return await _tickets(office) == before + 1 and await office.is_connected()

        await eventually(is_new)
        assert (await office.press(ts, "take"))["ok"]
        await office.told()

    assert office.desk.only.by == "U0ANA"


async def test_a_press_between_two_connections_comes_with_the_next(
    office: Office,
) -> None:
    """Slack holds what was not acknowledged; it is one press."""
    async with office.running():
        ts = await office.post()
        pressing = asyncio.create_task(office.press(ts, "take"))
        await asyncio.to_thread(office.slack.disconnect)
        assert (await pressing)["ok"]
        await office.told()

    assert office.desk.only.by == "U0ANA"


async def test_an_address_that_fails_is_not_tried_for_ever(office: Office) -> None:
    """Each is good for one connection: after a failure another one is asked for."""
    await asyncio.to_thread(lambda: office.slack.fail("link", http_status=503, count=1))
    async with office.running():
        assert await _tickets(office) == 2
        assert (await office.press(await office.post(), "take"))["ok"]


async def test_a_refused_token_is_said_once(
    office: Office, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """And never shown; when it is mended, presses come in without a restart."""
    office.slack.fail("apps.connections.open", error="invalid_auth", count=2)
    async with office.running():
        pass
    said = capsys.readouterr().out + caplog.text

    assert said.count("slack does not connect") == 1
    assert "invalid_auth" in said
    assert office.slack.app_token not in said


@asynccontextmanager
async def talking(envelope: str, noise: str) -> AsyncIterator[tuple[str, list[str]]]:
    """A server whose connections say these two; and what the first is answered."""
    heard: list[str] = []

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(envelope)
        heard.append(await socket.receive_str())
        await socket.send_str(noise)
        await socket.receive()
        return socket

    async def address(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"http://{request.host}/link"})

    app = web.Application()
    app.add_routes(
        [web.post("/api/apps.connections.open", address), web.get("/link", link)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"{site.name}/api/", heard
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("noise", ["[", "[]", "5"])
async def test_noise_ends_a_connection_and_nothing_else(noise: str) -> None:
    """What came before it is answered, be it as odd; the next connection is opened."""
    desk, metrics = Desk(), InboxMetrics(CollectorRegistry())
    odd = json.dumps({"envelope_id": "e1", "payload": 5})
    async with (
        talking(odd, noise) as (api, heard),
        Slack("xapp", api, 5) as slack,
    ):
        inbox = Inbox(
            slack=slack, press=desk.press, desk=desk, metrics=metrics, now=wall_ms
        )
        task = asyncio.create_task(SocketMode(slack, inbox.take, metrics).run())

        async def twice() -> bool:
            return len(heard) >= 2

        try:
            await eventually(twice)
        finally:
            assert not task.done()
            await _cancelled(task)
    assert heard[:2] == [json.dumps({"envelope_id": "e1"})] * 2


async def _tickets(office: Office) -> int:
    calls = await asyncio.to_thread(office.slack.calls, "apps.connections.open")
    return len(calls)
