"""Reconsidering: open conversations under new rules, over crashes (semantics 2.11)."""

import pytest

from stream.config import parse_config
from stream.sla.instants import SECOND
from stream.worker.reconsidering import SLICE, Reconsidering
from tests.shelf import Shelf, of
from tests.timelines import CONFIG, START, customer

LATER = CONFIG.replace("10m", "5m")


def rules(text):
    return parse_config(text, "later.yaml").rules()


@pytest.fixture
async def shelf():
    shelf = Shelf()
    shelf.arrive(*[of(f"c{n}", customer(0)) for n in range(SLICE + 10)])
    await shelf.work()
    shelf.facts.clear()
    shelf.now = START + 30 * SECOND
    return shelf


def reconsidering(shelf):
    return Reconsidering(shelf.book, lambda: shelf.owned, lambda: shelf.now)


async def test_running_clocks_get_the_new_target(shelf):
    shelf.book.take(rules(LATER + "reload: reevaluate_open\n"))
    all_open = reconsidering(shelf)
    all_open.begin(shelf.owned)

    await all_open.step()
    assert shelf.told == ["policy_changed"] * SLICE  # a slice, and others get a turn
    await all_open.step()
    await all_open.step()

    assert shelf.told == ["policy_changed"] * (SLICE + 10)
    for _ in range(3):  # two warning points and the breach
        await shelf.tick(START + 303 * SECOND)
    assert shelf.told.count("breached") == SLICE + 10


async def test_it_goes_on_where_a_crash_stopped_it(shelf):
    """Who restores the partition takes up what is left, and nothing twice."""
    shelf.book.take(rules(LATER + "reload: reevaluate_open\n"))
    killed = reconsidering(shelf)
    killed.begin(shelf.owned)
    await killed.step()
    await shelf.book.restore(0, list(shelf.states[0].items()))

    another = reconsidering(shelf)
    another.begin(frozenset({0}))
    for _ in range(3):
        await another.step()

    assert shelf.told == ["policy_changed"] * (SLICE + 10)


async def test_running_clocks_keep_their_rules_unless_asked(shelf):
    shelf.book.take(rules(LATER))
    all_open = reconsidering(shelf)
    all_open.begin(shelf.owned)
    await all_open.step()

    assert shelf.told == []


async def test_a_partition_that_is_lost_is_another_workers(shelf):
    shelf.book.take(rules(LATER + "reload: reevaluate_open\n"))
    all_open = reconsidering(shelf)
    all_open.begin(shelf.owned)
    all_open.forget(0)
    await all_open.step()

    assert shelf.told == []


async def test_an_objective_is_nothing_to_reconsider(shelf):
    """Another one alone tells nothing of any conversation, though the file is new."""
    shelf.book.take(
        rules(
            CONFIG.replace("name: all,", "name: all, objective: 99%,")
            + "reload: reevaluate_open\n"
        )
    )
    all_open = reconsidering(shelf)
    all_open.begin(shelf.owned)
    for _ in range(3):
        await all_open.step()

    assert shelf.told == []


async def test_who_waits_is_counted_in_the_queue_that_the_account_has_now(shelf):
    """A queue's new name is that of the wall's row, though no clock is touched."""
    shelf.book.take(rules(CONFIG.replace("sales:", "shop:")))
    all_open = reconsidering(shelf)
    all_open.begin(shelf.owned, moved=True)
    for _ in range(3):
        await all_open.step()

    sessions = shelf.waiting.open_sessions(shelf.owned)
    waits = {wait.kind.place for session in sessions for wait in session.waits}
    assert {session.place for session in sessions} == waits == {("whatsapp", "shop")}
    assert shelf.told == []
