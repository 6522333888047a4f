"""Socket Mode: connections that end, are refused, and lose what they carry."""

import asyncio

import pytest

from dev.slack.client import SlackStandIn
from tests.alerts.conftest import eventually
from tests.alerts.inbox.conftest import Office

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


async def _tickets(office: Office) -> int:
    calls = await asyncio.to_thread(office.slack.calls, "apps.connections.open")
    return len(calls)
