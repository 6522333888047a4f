"""The index of who waits, as delivery keeps it in real Redis."""

import pytest

from alerts.alert import alert_key
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import NINE, Cycle

pytestmark = pytest.mark.broker


async def test_the_most_overdue_of_a_queue_first(delivering: Delivering) -> None:
    """By deadline, each queue by itself and all together; who is answered leaves."""
    cycles = [
        Cycle(str(n), NINE + n, queue="calm" if n % 2 else "sales") for n in range(6)
    ]
    keys = [alert_key(cycle.breached()) for cycle in cycles]
    waiting = delivering.ledger.waiting
    async with delivering.running():
        await delivering.tell(*(cycle.breached() for cycle in reversed(cycles)))
        await delivering.settled()
        assert await waiting.overdue(10) == keys
        assert await waiting.overdue(2, "sales") == [keys[0], keys[2]]
        assert await waiting.overdue(10, "calm") == keys[1::2]
        await delivering.tell(cycles[0].answered(), cycles[3].ended())
        await delivering.settled()

    assert await waiting.overdue(10, "sales") == [keys[2], keys[4]]
    assert await waiting.overdue(10, "calm") == [keys[1], keys[5]]
    assert await waiting.count() == 4
    assert await waiting.count("nobody") == 0


async def test_a_wait_moves_with_its_queue(delivering: Delivering) -> None:
    """A breach that counts for another queue after all is found there alone."""
    cycle = Cycle("a", queue="sales")
    moved = cycle.breached(3, queue="calm", replaces="breached", fact_id="told anew")
    waiting, key = delivering.ledger.waiting, alert_key(cycle.breached())
    async with delivering.running():
        await delivering.tell(cycle.breached())
        await delivering.settled()
        await delivering.tell(moved)
        await delivering.settled()

    assert await waiting.overdue(10, "sales") == []
    assert await waiting.overdue(10, "calm") == [key]
    assert await waiting.count() == 1


async def test_the_last_reply_of_a_queue(delivering: Delivering) -> None:
    """The latest of what was met or answered late, however late it is read."""
    early, late = Cycle("a").answered(40), Cycle("b").answered(41)
    async with delivering.running():
        await delivering.tell(Cycle("a").breached(), late)
        await delivering.tell(early, Cycle("c", queue="calm").ended())
        await delivering.settled()

    assert await delivering.ledger.replies.last() == {"sales": late.at}
