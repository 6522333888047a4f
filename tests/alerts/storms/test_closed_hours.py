"""Closed hours of a receiver: what breaks meanwhile is one list at its opening."""

from datetime import UTC, datetime

import pytest

from alerts.delivery import wall_ms
from alerts.presses.press import Press, PressKind
from stream.sla.instants import HOUR, MINUTE, to_ms
from tests.alerts.conftest import ALL, config_of
from tests.alerts.patience import eventually
from tests.alerts.storms.conftest import QUICK, STORM, Storming

pytestmark = pytest.mark.broker

NIGHT = to_ms(datetime(2026, 11, 26, 3, tzinfo=UTC))
"""Six hours before the opening."""


@pytest.fixture
def at_night(storming: Storming) -> Storming:
    receivers = {"sales-slack": {"slack": {"channel": "C0SALES"}, "calendar": "office"}}
    receivers["ops-slack"] = {"slack": {"channel": "C0OPS"}}
    routes = [{"match": {"queue": "ahead"}, "to": "sales-slack", "tell": ALL}]
    routes += [{"match": {"queue": "sales"}, "to": "sales-slack"}, {"to": "ops-slack"}]
    storming.config = config_of(storm=STORM, receivers=receivers, routes=routes)
    storming.ahead = NIGHT - wall_ms()
    return storming


async def test_one_list_at_the_opening(at_night: Storming) -> None:
    """Nothing is posted at night; in the morning who waits, and how many do not."""
    morning = "🔴 sales, while you were closed: 9 broken, 6 answered meanwhile, 3 wait"
    cycles, facts = at_night.broken(9)
    async with at_night.running(**QUICK):
        await at_night.tell(*facts)
        await at_night.settled()
        await at_night.tell(*(cycle.answered() for cycle in cycles[:6]))
        await at_night.settled()
        assert await at_night.messages() == []
        at_night.ahead += 6 * HOUR

        async def is_told() -> bool:
            return await at_night.titles() == [morning]

        await eventually(is_told)
        await at_night.tell(*(cycle.answered(400) for cycle in cycles[6:]))
        await at_night.settled()
    assert await at_night.titles() == [
        "🟡 sales, while you were closed: 9 broken, 9 answered meanwhile, nobody waits"
    ]
    assert at_night.counted("sales-slack", "opening", "posted") == 1


async def test_in_the_morning_each_is_told_again(at_night: Storming) -> None:
    """After the opening a breach has a message of its own."""
    _, facts = at_night.broken(2)
    async with at_night.running(**QUICK):
        await at_night.tell(*facts)
        await at_night.settled()
        at_night.ahead += 6 * HOUR
        _, [fact] = at_night.broken(1, name="day")

        async def is_told() -> bool:
            return len(await at_night.messages()) == 1

        await eventually(is_told)
        await at_night.tell(fact)
        await at_night.settled()
    assert len(await at_night.listed()) == 1
    assert len(await at_night.messages()) == 2


async def test_nobody_is_warned_at_night(at_night: Storming) -> None:
    """A warning in closed hours is not sent; its breach is of the list."""
    [cycle], [fact] = at_night.broken(1, queue="ahead", late=-3)
    async with at_night.running(**QUICK):
        await at_night.tell(cycle.warned(24))
        await at_night.settled()
        await at_night.tell(fact)
        await at_night.settled()
        assert await at_night.messages() == []
        at_night.ahead += 6 * HOUR

        async def is_told() -> bool:
            return len(await at_night.messages()) == 1

        await eventually(is_told)
    [title] = await at_night.titles()
    assert (
        title
        == "🔴 ahead, while you were closed: 1 broken, 0 answered meanwhile, 1 waits"
    )


async def test_all_answered_by_the_opening(at_night: Storming) -> None:
    """Nobody waits when it opens: nothing is posted."""
    cycles, facts = at_night.broken(3)

    async def is_open() -> bool:
        kept = await at_night.lists.outlook("sales-slack")
        return kept.outlook.closed is None

    async with at_night.running(**QUICK):
        await at_night.tell(*facts)
        await at_night.settled()
        await at_night.tell(*(cycle.answered() for cycle in cycles))
        await at_night.settled()
        assert not await is_open()
        at_night.ahead += 6 * HOUR
        await eventually(is_open)
        await at_night.settled()
    assert await at_night.messages() == []
    assert at_night.counted("sales-slack", "opening", "over") == 1


async def test_what_was_over_when_it_was_noticed(at_night: Storming) -> None:
    """No summary at night either: the opening's list counts it."""
    late = 60 * 60
    waiting, _ = at_night.broken(1, late=60)
    over, _ = at_night.broken(2, late=61, name="over")
    async with at_night.running(**QUICK):
        await at_night.tell(*(cycle.breached(late) for cycle in waiting))
        ended = (cycle.answered(noticed=late) for cycle in over)
        await at_night.tell(*(cycle.breached(late) for cycle in over), *ended)
        await at_night.settled()
        at_night.ahead += 6 * HOUR

        async def is_told() -> bool:
            return bool(await at_night.messages())

        await eventually(is_told)
    [title] = await at_night.titles()
    assert title.startswith("🔴 sales, while you were closed: 3 broken, 2 answered")


async def test_no_summary_at_night(at_night: Storming) -> None:
    """Broken and over when it was noticed: told at the opening, too; others at once."""
    late = 60 * 60
    for queue in ("sales", "support"):
        [cycle], _ = at_night.broken(1, queue=queue, late=61, name=queue)
        told = cycle.breached(late), cycle.answered(noticed=late)
        await at_night.ledger.want([(fact, n) for n, fact in enumerate(told)])

    async def is_told(channel: str) -> bool:
        return bool(await at_night.messages(channel))

    async with at_night.running(**QUICK):
        await at_night.settled()
        at_night.ahead += MINUTE
        await eventually(lambda: is_told("C0OPS"))
        assert await at_night.messages() == []
        at_night.ahead += 6 * HOUR
        await eventually(lambda: is_told("C0SALES"))
    [title] = await at_night.titles()
    assert title.startswith("⚪ 1 promise was broken and noticed late")


async def test_two_notices_of_one_alert(at_night: Storming) -> None:
    """Both in one list, it counts once, also when it waits again in between."""
    cycles, facts = at_night.broken(6)
    one = cycles[0]
    async with at_night.running(**QUICK):
        await at_night.tell(*facts)
        await at_night.settled()
        await at_night.tell(one.answered(33))
        await at_night.settled()
        await at_night.tell(
            one.taken_back(34), one.escalated(35, "sales-slack"), cycles[1].ended()
        )
        await at_night.settled()
        at_night.ahead += 6 * HOUR

        async def is_told() -> bool:
            [title] = await at_night.titles() or [""]
            return title.endswith(": 6 broken, 0 answered meanwhile, 5 wait")

        await eventually(is_told)


async def test_a_mute_that_ends_at_night(at_night: Storming) -> None:
    """Nobody is there to be told then: it is of the morning's list."""
    _, facts = at_night.broken(2)
    mute = Press(
        press_id="1",
        kind=PressKind.MUTE,
        by="U0ANA",
        at=at_night.now() - 1000,
        until=at_night.now() + HOUR,
    )
    await at_night.ledger.mutes.take("sales", mute)
    async with at_night.running(**QUICK):
        await at_night.tell(*facts)
        await at_night.settled()
        at_night.ahead += HOUR

        async def is_kept() -> bool:
            kept = await at_night.lists.outlook("sales-slack")
            return kept.outlook.closed is not None

        await eventually(is_kept)
        assert await at_night.messages() == []
        at_night.ahead += 5 * HOUR

        async def is_told() -> bool:
            [title] = await at_night.titles() or [""]
            return title.endswith(": 2 broken, 0 answered meanwhile, 2 wait")

        await eventually(is_told)


async def test_a_receiver_that_is_taken_out_at_night(at_night: Storming) -> None:
    """What was kept for its opening is told the last route's, at once."""
    _, facts = at_night.broken(2)
    async with at_night.running(**QUICK):
        await at_night.tell(*facts)
        await at_night.settled()
        receivers = {"ops-slack": {"slack": {"channel": "C0OPS"}}}
        routes = [{"to": "ops-slack"}]
        rules = config_of(storm=STORM, receivers=receivers, routes=routes)
        at_night.deliverer.take(rules)

        async def is_told() -> bool:
            [title] = await at_night.titles("C0OPS") or [""]
            return title.endswith(": 2 broken, 0 answered meanwhile, 2 wait")

        await eventually(is_told)
        await at_night.settled()
    assert await at_night.messages() == []
