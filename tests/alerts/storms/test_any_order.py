"""Whatever happens in whatever order: each alert is told once, and truly."""

from random import Random

import pytest

from alerts.alert import alert_key
from alerts.storms.listing import is_list
from stream.sla.instants import SECOND
from tests.alerts.cycles import Cycle
from tests.alerts.storms.conftest import QUICK, Storming

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("seed", range(3))
async def test_each_alert_is_told_once_and_truly(storming: Storming, seed: int) -> None:
    """Breaches of two queues, answers, replies taken back, escalations, time, restarts.

    At the end an alert has a message of its own or is in a list; the lists' numbers are
    those of their alerts, and when nobody waits any more nothing is red.
    """
    random = Random(seed)  # noqa: S311  a test, the same each time
    cycles, waiting = list[Cycle](), set[int]()
    for _ in range(3):
        async with storming.running(**QUICK):
            for _ in range(12):
                await _happens(storming, random, cycles, waiting)
            await storming.settled(40)
    await _check(storming, cycles, waiting)
    async with storming.running(**QUICK):
        await storming.tell(*(cycles[n].answered(60) for n in sorted(waiting)))
        storming.ahead += 61 * SECOND
        await storming.settled(40)
    for channel in ("C0SALES", "C0OPS", "C0LEADS"):
        assert not [t for t in await storming.titles(channel) if t.startswith("🔴")]


async def _happens(
    storming: Storming, random: Random, cycles: list[Cycle], waiting: set[int]
) -> None:
    match random.choice(["break", "break", "answer", "take back", "escalate", "time"]):
        case "break":
            queue, name = random.choice(["sales", "support"]), f"c{len(cycles)}-"
            made, facts = storming.broken(random.randint(1, 6), queue=queue, name=name)
            waiting |= {*range(len(cycles), len(cycles) + len(made))}
            cycles += made
            await storming.tell(*facts)
        case "answer" if waiting:
            some = random.sample(sorted(waiting), k=(len(waiting) + 1) // 2)
            waiting -= {*some}
            answers = [cycles[n].answered(35 + len(cycles) / 100) for n in some]
            await storming.tell(*answers)
        case "take back" if over := sorted({*range(len(cycles))} - waiting):
            one = random.choice(over)
            waiting.add(one)
            await storming.tell(cycles[one].taken_back(36 + len(cycles) / 100))
        case "escalate" if waiting:
            await storming.tell(cycles[random.choice(sorted(waiting))].escalated(34))
        case "time":
            storming.ahead += random.choice([1, 20, 61]) * SECOND
    if random.random() < 0.5:
        await storming.settled(40)


async def _check(storming: Storming, cycles: list[Cycle], waiting: set[int]) -> None:
    keys = [alert_key(cycle.breached()) for cycle in cycles]
    entries = await storming.ledger.entries(keys)
    still = {keys[n] for n in waiting}
    in_lists = {entry.listed_in for entry in entries if entry.listed_in is not None}
    for entry in entries:
        assert entry.alert is not None
        assert entry.alert.is_open is (entry.key in still)
        assert not (entry.ts and entry.listed_in)
    for key in in_lists:
        told = {entry.key for entry in entries if entry.listed_in == key}
        assert {*await storming.lists.covered(key)} == told & still
        listing = (await storming.lists.read(key)).listing
        assert listing is not None
        assert listing.total == len(told)
    for channel in ("C0SALES", "C0OPS"):
        for message in await storming.messages(channel):
            key = message["metadata"]["event_payload"]["key"]
            if not is_list(key) and "/" not in key:
                is_red = message["text"].startswith("🔴")
                assert is_red is (key in still)
