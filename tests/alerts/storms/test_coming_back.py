"""What becomes of listed alerts: taken, come back, escalated, told elsewhere."""

from dataclasses import replace
from typing import Any

import pytest

from alerts.presses.press import Press, PressKind
from stream.sla.instants import MINUTE
from tests.alerts.conftest import SLOW, config_of
from tests.alerts.patience import eventually
from tests.alerts.storms.conftest import QUICK, STORM, Storming, words_of

pytestmark = pytest.mark.broker


async def take_all(storming: Storming, message: dict[str, Any], minutes: int) -> None:
    """Ana presses *Take all* on the list."""
    key = message["metadata"]["event_payload"]["key"]
    waiting = await storming.lists.covered(key)
    now = storming.now()
    take = Press(
        press_id=f"{now}",
        kind=PressKind.TAKE,
        by="U0ANA",
        at=now,
        until=now + minutes * MINUTE,
    )
    await storming.ledger.presses.note(waiting, take, now)
    storming.deliverer.wake(waiting)


def buttons_of(message: dict[str, Any]) -> list[str]:
    [block] = [b for b in message["blocks"] if b["type"] == "actions"]
    return [element["action_id"] for element in block["elements"]]


async def says(
    storming: Storming, *parts: str, channel: str = "C0SALES", seconds: float = 15
) -> None:
    """Wait until the channel's last message says all of it."""

    async def it_does() -> bool:
        listed = await storming.listed(channel)
        return bool(listed) and all(p in words_of(listed[-1]) for p in parts)

    await eventually(it_does, seconds)


async def test_all_that_was_taken_comes_back(storming: Storming) -> None:
    """In one new message, which calls; and the old list can be taken again."""
    _, facts = storming.broken(8)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        [old] = await storming.listed()
        await take_all(storming, old, minutes=30)
        await says(storming, "Taken by <@U0ANA>")
        storming.ahead += 30 * MINUTE
        title = "sales, taken and not done: 8 wait, 8 promises broken"
        await says(storming, title, "<!here> *8 customers wait.*", "back since")
        await storming.settled()

    old, back = await storming.listed()
    assert "Taken" not in words_of(old)
    assert buttons_of(old) == buttons_of(back) == ["take"]
    assert len(await storming.messages()) == 2


async def test_who_joins_later_is_taken_by_nobody(storming: Storming) -> None:
    """It says how many are, and the rest can be taken."""
    _, facts = storming.broken(6)
    _, news = storming.broken(3, name="d")
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        [message] = await storming.listed()
        await take_all(storming, message, minutes=30)
        await says(storming, "Taken by <@U0ANA>")
        assert buttons_of((await storming.listed())[0]) == ["give_back"]
        await storming.tell(*news)
        await says(storming, "6 of 9 taken, the last by <@U0ANA>")

    [message] = await storming.listed()
    assert buttons_of(message) == ["take", "give_back"]


async def test_who_took_a_list_sees_it_at_once(storming: Storming) -> None:
    """Though it was edited a moment ago, and waits for its next edit."""
    cycles, facts = storming.broken(8)
    async with storming.running(pace=replace(SLOW, list_edit=600_000)):
        await storming.tell(*facts)
        await says(storming, "8 wait")
        await storming.tell(cycles[0].answered())
        [message] = await storming.listed()
        await take_all(storming, message, minutes=30)
        await says(storming, "Taken by <@U0ANA>")
        assert len((await storming.listed())[0]["edits"]) == 1


async def test_what_rested_while_taken_was_not_muted(storming: Storming) -> None:
    """Escalations that come when a *Take all* is over say neither mute nor absence."""
    cycles, facts = storming.broken(6)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        [message] = await storming.listed()
        await take_all(storming, message, minutes=30)
        await says(storming, "Taken by <@U0ANA>")
        await storming.tell(*(cycle.escalated(40) for cycle in cycles))
        await storming.settled()
        assert await storming.titles("C0LEADS") == []
        storming.ahead += 30 * MINUTE
        title = "sales, escalated: 6 wait, 6 promises broken"
        await says(storming, title, channel="C0LEADS")


async def test_escalations_of_another_storm_call_again(storming: Storming) -> None:
    """Though somebody of the first still waits: edits inform, posts summon."""
    first, facts = storming.broken(5)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        await storming.tell(first[0].escalated(40))
        await storming.settled()
        storming.ahead += 24 * 60 * MINUTE
        second, news = storming.broken(5, name="d")
        await storming.tell(*news)
        await storming.settled()
        await storming.tell(second[0].escalated(40))
        await storming.settled()

    titles = await storming.titles("C0LEADS")
    assert titles == ["🔴 sales, escalated: 1 waits, 1 promise broken"] * 2


async def test_a_storm_is_told_to_the_fallback(storming: Storming) -> None:
    """While its own channel refuses the list: one message there, which ends, too."""
    sales = {"channel": "C0SALES", "mention": "@here"}
    storming.config = config_of(
        storm=STORM,
        routes=[{"to": "sales-slack"}],
        receivers={
            "sales-slack": {
                "slack": sales,
                "fallback": {"to": "ops-slack", "after": "10s"},
            },
            "ops-slack": {"slack": {"channel": "C0OPS"}},
        },
    )
    cycles, facts = storming.broken(6)
    more, news = storming.broken(2, name="d")
    refused = {"channel": "C0SALES", "http_status": 503, "count": 9999}
    await storming.fail("chat.postMessage", **refused)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        title = "sales, told here as well: 6 wait, 6 promises broken"
        await says(storming, title, channel="C0OPS", seconds=30)
        await storming.tell(*news)
        title = "sales, told here as well: 8 wait, 8 promises broken"
        await says(storming, title, channel="C0OPS", seconds=30)
        await storming.tell(*(cycle.answered() for cycle in (*cycles, *more)))
        title = "sales, told here as well: nobody waits, 8 promises broken"
        await says(storming, title, channel="C0OPS", seconds=30)
