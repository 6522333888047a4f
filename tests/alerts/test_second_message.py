"""A second message of one alert: it may be there, and then it must not stay false.

Slack does a post and does not say so, and the channel cannot be looked into: the alert
is posted again, in doubt (semantics 4.6). From then on there may be two messages.
"""

import pytest
from structlog.testing import capture_logs

from alerts.alert import alert_key
from alerts.delivery import wall_ms
from alerts.presses.press import Press, PressKind
from stream.sla.facts import Measure
from stream.sla.instants import HOUR
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker

FIRST, SECOND = Cycle("a"), Cycle("b")
WINDOW = Cycle("a", measure=Measure.WINDOW)
LATE_ANSWER = "🟡 sales: answered 12 min late"


async def unseen(delivering: Delivering, **why: object) -> None:
    """The next post happens, nobody knows, nobody can look, and it is not repeated."""
    await delivering.fail(
        "chat.postMessage", after_accepting=True, http_status=503, count=1
    )
    await delivering.fail(
        "conversations.history", **({"error": "not_in_channel", "count": 1} | why)
    )
    await delivering.fail("chat.postMessage", error="invalid_blocks", count=1)


async def was_refused(delivering: Delivering) -> bool:
    return len(await delivering.calls("chat.postMessage")) == 2


async def take(delivering: Delivering, cycle: Cycle) -> None:
    now = wall_ms()
    pressed = {"press_id": "1", "kind": PressKind.TAKE, "by": "U0ANA", "at": now}
    press = Press(**pressed, until=now + HOUR)
    await delivering.ledger.presses.note([alert_key(cycle.breached())], press, now)


async def test_what_is_pressed_before_the_second_stands_on_both(
    delivering: Delivering,
) -> None:
    """The second is posted with "Taken by"; the first is edited to it."""
    await unseen(delivering)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await eventually(lambda: was_refused(delivering))
        await take(delivering, FIRST)
        await delivering.settled()

    both = [str(message["blocks"]) for message in await delivering.messages()]
    assert len(both) == 2
    assert all("Taken by" in blocks for blocks in both)


async def test_what_ends_before_the_second_ends_on_the_first(
    delivering: Delivering,
) -> None:
    """Nothing is left to be posted, and the message that may be there is looked for."""
    await unseen(delivering)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await eventually(lambda: was_refused(delivering))
        await delivering.tell(FIRST.answered())
        await delivering.settled()

    assert await delivering.titles() == [LATE_ANSWER]


async def test_a_line_of_another_message_has_none_of_its_own(
    delivering: Delivering,
) -> None:
    """A promise that may have a message is not made a line: nobody would edit that."""
    await unseen(delivering)
    async with delivering.running():
        await delivering.tell(WINDOW.breached())
        await eventually(lambda: was_refused(delivering))
        await delivering.tell(FIRST.breached())
        await delivering.settled()
        await delivering.tell(WINDOW.retracted(), FIRST.answered())
        await delivering.settled()

    titles = await delivering.titles()
    assert len(titles) == 3
    assert not [title for title in titles if title.startswith("🔴")]


async def test_a_channel_that_cannot_be_looked_into_holds_up_nobody(
    delivering: Delivering,
) -> None:
    """The one in doubt waits until somebody mends it; others are told and edited."""
    await unseen(delivering, error="missing_scope", count=3)
    with capture_logs() as said:
        async with delivering.running():
            await delivering.tell(FIRST.breached())
            await eventually(lambda: was_refused(delivering))
            await delivering.tell(FIRST.answered(), SECOND.breached())
            await eventually(lambda: has(delivering, 2))
            await delivering.settled()

    assert LATE_ANSWER in await delivering.titles()
    waiting = [each for each in said if each["event"].startswith("cannot look")]
    assert len(waiting) == 3


async def has(delivering: Delivering, count: int) -> bool:
    return len(await delivering.messages()) == count


async def test_a_second_message_that_may_not_be_edited_is_left(
    delivering: Delivering,
) -> None:
    """It is said once; the first goes on."""
    await unseen(delivering)
    async with delivering.running():
        await delivering.tell(FIRST.breached())
        await eventually(lambda: was_refused(delivering))
        await delivering.settled()
        [first, second] = await delivering.messages()
        await delivering.fail("chat.update", error="edit_window_closed", count=2)
        await delivering.tell(FIRST.answered())
        await delivering.settled()

    assert first["ts"] != second["ts"]
    assert len(await delivering.calls("chat.update")) == 3
