"""What people press in the stand-in Slack reaches the desk, by either way."""

import asyncio
from datetime import UTC, datetime

import pytest

from alerts.inbox.inbox import FAILED, NO_OPENING
from alerts.presses.press import PressKind
from stream.sla.instants import HOUR, MINUTE
from tests.alerts.inbox.conftest import Office
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("kind", ["take", "give_back", "no_reply_needed"])
async def test_a_button_is_a_press(office: Office, kind: str) -> None:
    """Acknowledged at once, recorded, and answered to whoever pressed, alone."""
    async with office.running():
        ts = await office.post()
        delivery = await office.press(ts, kind, user="U0BEN")
        assert delivery["answers"] == ["200"]
        assert await office.told() == [("U0BEN", "You have it.")]

    press, instant = office.desk.only, delivery["payload"]["actions"][0]["action_ts"]
    assert (press.kind, press.by, press.until) == (PressKind(kind), "U0BEN", None)
    assert press.at == round(float(instant) * 1000)
    assert office.counted("taken") == 1


async def test_a_late_answer_is_one_press(office: Office) -> None:
    """Slack asks again, twice; all three have the same press_id."""
    async with office.running():
        ts = await office.post()
        url = office.url if office.way == "http" else None
        await asyncio.to_thread(office.slack.deliver_to, url, 2)
        delivery = await office.press(ts, "take")
        assert delivery["answers"] == ["http_timeout", "http_timeout", "200"]
        told = await office.told(3)

    assert office.desk.only.kind is PressKind.TAKE
    assert [text for _, text in told] == ["You have it.", "again", "again"]


async def test_two_people_at_once_are_two_presses(office: Office) -> None:
    """Each is told; none of them takes the other's."""
    async with office.running():
        ts = await office.post()
        await asyncio.gather(
            office.press(ts, "take", user="U0ANA"),
            office.press(ts, "take", user="U0BEN"),
        )
        told = await office.told(2)

    assert {who for who, _ in told} == {"U0ANA", "U0BEN"}
    assert {press.by for _, press in office.desk.presses.values()} == {"U0ANA", "U0BEN"}


@pytest.mark.parametrize(("option", "span"), [("15m", 15 * MINUTE), ("1h", HOUR)])
async def test_snoozing_for_a_while(office: Office, option: str, span: int) -> None:
    """From the instant of the press, as Slack dates it."""
    async with office.running():
        await office.press(await office.post(), "snooze", option)
        await office.told()

    press = office.desk.only
    assert (press.kind, press.until) == (PressKind.SNOOZE, press.at + span)


async def test_snoozing_until_the_queue_opens(office: Office) -> None:
    """The desk knows when; where it does not, that is said and nothing is kept."""
    async with office.running():
        ts = await office.post()
        await office.press(ts, "snooze", "opens")
        await office.told()
        assert office.desk.only.until == office.desk.opens_at
        office.desk.opens_at = None
        await office.press(ts, "snooze", "opens")
        assert (await office.told(2))[1] == ("U0ANA", NO_OPENING)

    assert len(office.desk.presses) == 1


async def test_snoozing_until_a_time(office: Office) -> None:
    """A modal asks for it; the time is the queue's own."""
    async with office.running():
        await office.press(await office.post(), "snooze", "at")
        modal = await office.modal()
        [block] = modal["blocks"]
        assert block["element"]["timezone"] == "Europe/Budapest"
        assert modal["callback_id"] == "snooze"
        await office.submit(until={"type": "timepicker", "selected_time": "07:30"})
        await office.told()

    press = office.desk.only
    assert press.until is not None
    assert 0 < press.until - press.at <= 24 * HOUR
    local = datetime.fromtimestamp(press.until / 1000, UTC)
    assert f"{local:%H:%M}" in {"05:30", "06:30"}


async def test_muting_asks_for_a_reason(office: Office) -> None:
    """Blank is none: the modal says so and stays; then the queue is muted."""
    until = {
        "type": "static_select",
        "selected_option": {"value": "tomorrow"},
    }
    async with office.running():
        await office.press(await office.post(), "mute")
        assert (await office.modal())["callback_id"] == "mute"
        blank = {"type": "plain_text_input", "value": "  "}
        refused = await office.submit(until=until, reason=blank)
        assert refused["body"]["errors"] == {"reason": "Say why."}
        assert office.desk.presses == {}
        why = {"type": "plain_text_input", "value": "the network is down"}
        await office.submit(until=until, reason=why)
        await office.told()
        assert (await office.interaction())["views"] == {}

    press = office.desk.only
    assert (press.kind, press.reason) == (PressKind.MUTE, "the network is down")
    assert press.until is not None
    assert 0 < press.until - press.at <= 25 * HOUR


async def test_details_are_a_modal(office: Office) -> None:
    """What is not on the message; nothing is pressed by that."""
    async with office.running():
        await office.press(await office.post(), "details")
        [block] = (await office.modal())["blocks"]

    assert block["text"]["text"].startswith("Policy *vip*")
    assert office.desk.presses == {}


@pytest.mark.parametrize("action", ["open", "of_another_version"])
async def test_nothing_to_do_is_acknowledged(office: Office, action: str) -> None:
    """A link has been followed already; what nobody knows is no failure of Slack's."""
    async with office.running():
        delivery = await office.press(await office.post(), action)

    assert delivery["answers"] == ["200"]
    assert office.desk.presses == {}


async def test_who_presses_is_told_that_it_failed(office: Office) -> None:
    """The ledger is away: acknowledged all the same, and said; nothing is kept."""
    async with office.running():
        ts = await office.post()
        office.desk.fault = ConnectionError("redis")
        delivery = await office.press(ts, "take")
        assert delivery["ok"]
        assert await office.told() == [("U0ANA", FAILED)]
        office.desk.fault = None
        await office.press(ts, "take")
        await office.told(2)

    assert office.desk.only.kind is PressKind.TAKE


async def test_an_answer_that_cannot_be_told_is_kept(office: Office) -> None:
    """Slack refuses the private message: the press stands."""
    async with office.running():
        ts = await office.post()
        await asyncio.to_thread(
            lambda: office.slack.fail("chat.postEphemeral", http_status=503, count=1)
        )
        await office.press(ts, "take")

        async def is_kept() -> bool:
            return bool(office.desk.presses)

        await eventually(is_kept)

    assert office.desk.only.kind is PressKind.TAKE
