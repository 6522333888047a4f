"""What is told again, and when: beside a real Redis."""

import pytest

from alerts.ledger import Ledger
from alerts.repeats import EVERY

pytestmark = pytest.mark.broker


async def test_it_comes_again_and_again(ledger: Ledger) -> None:
    """A minute after it was told, and not before; until its end was told."""
    repeats = ledger.repeats
    await repeats.add("k", 0)
    assert await repeats.due(EVERY - 1) == []
    assert await repeats.due(EVERY) == ["k"]
    assert await repeats.due(EVERY) == []
    assert await repeats.due(2 * EVERY) == ["k"]
    await repeats.forget(["k"], 2 * EVERY)
    assert await repeats.due(9 * EVERY) == []


async def test_what_began_again_meanwhile_is_kept(ledger: Ledger) -> None:
    """Its end was read, and a reply was taken back before it was told."""
    repeats = ledger.repeats
    await repeats.add("k", 0)
    assert await repeats.due(EVERY) == ["k"]
    await repeats.add("k", EVERY + 7)
    await repeats.forget(["k", "unknown"], EVERY)

    assert await repeats.due(9 * EVERY) == ["k"]
