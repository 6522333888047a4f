"""The stand-in's page in Chromium: buttons, lists and modals that people use."""

import pytest

from alerts.presses.press import PressKind
from dev.browser import browsing
from dev.slack.client import SlackStandIn
from stream.sla.instants import HOUR
from tests.alerts.inbox.conftest import Office

pytestmark = pytest.mark.broker


@pytest.fixture
def office(slack: SlackStandIn) -> Office:
    return Office(slack, "socket")


async def test_a_message_is_acted_on_by_hand(office: Office) -> None:
    """Ben takes it, snoozes it, mutes its queue and asks who waits, with the mouse.

    He alone reads what came of it.
    """
    async with office.running(), browsing(office.slack.page_url) as page:
        await office.post()
        await page.choose("#who", "U0BEN")
        await page.click("[data-action=take]")
        await page.says("Only visible to you")
        assert office.desk.only.by == "U0BEN"

        await page.choose("[data-action=snooze]", "1h")
        await office.told(2)
        _, snooze = list(office.desk.presses.values())[-1]
        assert (snooze.kind, snooze.until) == (PressKind.SNOOZE, snooze.at + HOUR)

        await page.click("[data-action=mute]")
        await page.choose("dialog [data-action=until]", "tomorrow")
        await page.click("dialog form > button:last-child")
        await page.says("Say why.", "dialog")
        await page.type("dialog [data-action=reason]", "the network is down")
        await page.click("dialog form > button:last-child")
        await office.told(3)
        _, mute = list(office.desk.presses.values())[-1]
        assert (mute.kind, mute.reason) == (PressKind.MUTE, "the network is down")

        await page.click("[data-action=details]")
        await page.says("Policy vip", "dialog")
        await page.click("dialog .close")
        await page.type("#command input", "/replyclock waiting sales\n")
        await page.says("promise is broken or nearly so waits in sales")

        await page.choose("#who", "U0ANA")
        await page.lacks("Only visible to you")
