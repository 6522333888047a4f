"""A storm to the stand-in Slack: one message that begins, grows, shrinks and ends."""

from dataclasses import replace
from itertools import pairwise

import pytest

from alerts.presses.press import Press, PressKind
from stream.sla.instants import MINUTE
from tests.alerts.conftest import SLOW
from tests.alerts.patience import eventually
from tests.alerts.storms.conftest import QUICK, Storming

pytestmark = pytest.mark.broker


async def test_a_storm_is_one_message(storming: Storming) -> None:
    """Twelve at once: a message with the count, the five most overdue, their links."""
    _, facts = storming.broken(12)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()

    [message] = await storming.messages()
    [text] = await storming.texts()
    assert await storming.titles() == ["🔴 sales: 12 wait, 12 promises broken"]
    assert text.count("|Open>") == 5
    assert "<https://desk.example/0|Open>" in text
    assert "<!here> *12 customers wait.*" in text
    assert storming.counted("sales-slack", "storm", "posted") == 1
    assert storming.counted("sales-slack", "breached", "posted") == 0
    suppressed = storming.metrics.registry.get_sample_value(
        "replyclock_alerts_suppressed_total",
        {"receiver": "sales-slack", "reason": "storm"},
    )
    assert suppressed == 12
    [buttons] = [b for b in message["blocks"] if b["type"] == "actions"]
    key = message["metadata"]["event_payload"]["key"]
    assert buttons["block_id"] == f"presses/{key}"
    assert len(await storming.lists.covered(key)) == 12


async def test_it_grows_shrinks_and_ends(storming: Storming) -> None:
    """One message all the time; at the end its sum: how many, the longest, when."""
    cycles, facts = storming.broken(6)
    more, news = storming.broken(4, name="d")
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        await storming.tell(*news)
        await storming.settled()
        [text] = await storming.texts()
        assert "*10 customers wait.* 4 more than before. Still growing." in text
        await storming.tell(*(cycle.answered() for cycle in cycles))
        await storming.settled()
        assert await storming.titles() == ["🔴 sales: 4 wait, 10 promises broken"]
        storming.ahead += 61_000
        await storming.tell(*(c.answered(45) for c in more[:-1]), more[-1].ended())
        await storming.settled()

        async def is_closed() -> bool:
            [title] = await storming.titles()
            return title == "🟡 sales: storm over, nobody waits, 10 promises broken"

        await eventually(is_closed)
    [text] = await storming.texts()
    assert "10 broken, 9 answered, 1 ended without an answer." in text
    assert "the longest 20 min late. Nothing to do." in text
    assert len(await storming.messages()) == 1


async def test_those_before_it_was_known_keep_their_messages(
    storming: Storming,
) -> None:
    """Three were told; the fourth makes it a storm; all are edited as they end."""
    cycles, facts = storming.broken(6)
    async with storming.running(**QUICK):
        await storming.tell(*facts[:3])
        await storming.settled()
        await storming.tell(*facts[3:])
        await storming.settled()
        assert len(await storming.messages()) == 4
        [text] = await storming.texts()
        assert "3 customers wait" in text
        await storming.tell(*(cycle.answered() for cycle in cycles))
        await storming.settled()

    assert len(await storming.messages()) == 4
    for title in await storming.titles():
        assert title.startswith("🟡")


async def test_two_queues_of_a_receiver_are_one_message(storming: Storming) -> None:
    """Their numbers stand in it; another receiver has its own."""
    async with storming.running(**QUICK):
        for queue in ("one", "two", "sales"):
            _, facts = storming.broken(5, queue=queue, name=queue)
            await storming.tell(*facts)
        await storming.settled()

    assert await storming.titles("C0OPS") == [
        "🔴 one, two: 10 wait, 10 promises broken"
    ]
    [text] = await storming.texts("C0OPS")
    assert "Broken: one 5, two 5" in text
    assert await storming.titles() == ["🔴 sales: 5 wait, 5 promises broken"]


async def test_escalations_of_a_storm_are_one_message(storming: Storming) -> None:
    """Who is called because of it finds one message, and the first has lines of it."""
    cycles, facts = storming.broken(6)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        for cycle in cycles[:2]:
            await storming.tell(cycle.escalated(40))
            await storming.settled()
        [text] = await storming.texts()
        assert text.count("escalated to *team-lead*") == 2
        assert await storming.titles("C0LEADS") == [
            "🔴 sales, escalated: 2 wait, 2 promises broken"
        ]
        await storming.tell(*(cycle.answered() for cycle in cycles))
        await storming.settled()

    assert len(await storming.messages("C0LEADS")) == 1
    assert len(await storming.messages()) == 1
    assert "nobody waits" in (await storming.titles("C0LEADS"))[0]


async def test_who_waits_again_is_in_the_list_again(storming: Storming) -> None:
    """A reply that was taken back makes the list red again."""
    cycles, facts = storming.broken(5)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        await storming.tell(*(cycle.answered() for cycle in cycles))
        await storming.settled()
        [title] = await storming.titles()
        assert title.startswith("🟡")
        await storming.tell(cycles[0].taken_back())
        await storming.settled()

    assert await storming.titles() == ["🔴 sales: 1 waits, 5 promises broken"]


async def test_nobody_has_replied_since(storming: Storming) -> None:
    """Where nobody of the queue has replied since it began, it says since when."""
    cycles, facts = storming.broken(6)
    early = storming.broken(1, late=30, name="early")[0][0]
    async with storming.running(**QUICK):
        await storming.tell(early.breached(0.5), early.answered(50))
        await storming.tell(*facts)
        await storming.settled()
        [text] = await storming.texts()
        assert "Nobody of *sales* has replied since <!date^" in text
        later = (storming.now() - cycles[0].start) / 60_000 + 1
        await storming.tell(cycles[0].answered(later))
        await storming.settled()
        [text] = await storming.texts()

    assert "has replied since" not in text


async def test_a_list_is_edited_now_and_then(storming: Storming) -> None:
    """Whatever changes in it: not before the time between two edits is over."""
    cycles, facts = storming.broken(20)
    async with storming.running(pace=replace(SLOW, list_edit=2_000)):
        await storming.tell(*facts)
        await storming.settled()
        for part in (cycles[:7], cycles[7:14], cycles[14:]):
            for cycle in part:
                await storming.tell(cycle.answered())
            await storming.settled()
    [message] = await storming.listed()
    edited = [edit["replaced_at"] for edit in message["edits"]]
    assert len(edited) == 3
    assert all(after - before >= 1_900 for before, after in pairwise(edited))


async def test_the_next_storm_is_a_new_message(storming: Storming) -> None:
    """After calm: the old one is closed with its sum, whoever sees that it is over."""
    cycles, facts = storming.broken(5)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        await storming.tell(*(cycle.answered() for cycle in cycles))
        await storming.settled()
        storming.ahead += 61_000
        _, news = storming.broken(6, name="next")
        await storming.tell(*news)

        async def both_are_told() -> bool:
            return await storming.titles() == [
                "🟡 sales: storm over, nobody waits, 5 promises broken",
                "🔴 sales: 6 wait, 6 promises broken",
            ]

        await eventually(both_are_told)


async def test_what_broke_while_a_queue_was_muted(storming: Storming) -> None:
    """At the end of it those who wait are one message, where they are too many."""
    cycles, facts = storming.broken(5)
    mute = Press(
        press_id="1",
        kind=PressKind.MUTE,
        by="U0ANA",
        at=storming.now() - 1000,
        until=storming.now() + MINUTE,
    )
    await storming.ledger.mutes.take("sales", mute)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        assert await storming.titles() == []
        storming.ahead += MINUTE

        async def is_told() -> bool:
            return len(await storming.titles()) == 1

        await eventually(is_told)
        await storming.tell(cycles[0].answered())
        await storming.settled()

    assert await storming.titles() == [
        "🔴 sales, while muted: 5 broken, 1 answered meanwhile, 4 wait"
    ]


async def test_one_press_takes_them_all(storming: Storming) -> None:
    """The list says who has them; given back, it says nothing of it."""
    _, facts = storming.broken(5)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await storming.settled()
        [message] = await storming.listed()
        [button] = message["blocks"][-1]["elements"]
        assert button["action_id"] == "take"
        key = message["blocks"][-1]["block_id"].removeprefix("presses/")
        waiting = await storming.lists.covered(key)
        take = Press(press_id="1", kind=PressKind.TAKE, by="U0ANA", at=storming.now())
        await storming.ledger.presses.note(waiting, take, storming.now())
        storming.deliverer.wake(waiting)

        async def is_taken() -> bool:
            [said] = await storming.texts()
            return "Taken by <@U0ANA>" in said

        await eventually(is_taken)
        [message] = await storming.listed()
        assert message["blocks"][-1]["elements"][0]["action_id"] == "give_back"
