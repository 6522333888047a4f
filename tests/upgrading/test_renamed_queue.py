"""A queue gets another name while customers wait in it (docs/upgrading.md)."""

import pytest

from stream.config import parse_config
from stream.config.faults import ConfigError
from stream.sla.facts import FactKind
from tests.shelf import Shelf, of
from tests.timelines import CONFIG, assigned, at, customer, reply
from tests.worker.test_timers import tick_until_silent

AFTER = CONFIG.replace("sales:", "shop:")


async def renamed(*events):
    """A worker that takes the new name at minute 5, after the events."""
    shelf = Shelf()
    shelf.arrive(*events)
    shelf.now = at(4)
    await shelf.work()
    shelf.registry.collect()
    config = parse_config(AFTER, "after.yaml")
    shelf.book.take(config.rules())
    shelf.metrics.places.take(config)
    return shelf


def queues(shelf: Shelf, kind: FactKind) -> list[str]:
    return [fact.queue for fact in shelf.facts if fact.kind is kind]


async def test_who_waits_is_the_new_names():
    """A wait that goes by the account breaks under the new name, as begun."""
    shelf = await renamed(customer(0))
    await tick_until_silent(shelf, at(11))
    shelf.arrive(reply(12))
    shelf.now = at(12)
    await shelf.work()

    assert queues(shelf, FactKind.CLOCK_STARTED) == ["sales"]
    assert queues(shelf, FactKind.BREACHED) == ["shop"]
    assert queues(shelf, FactKind.ANSWERED_LATE) == ["shop"]
    (breach,) = [f for f in shelf.facts if f.kind is FactKind.BREACHED]
    assert (breach.started_at, breach.at) == (at(0), at(10))


async def test_who_was_assigned_to_the_old_name_stays_there():
    """An event said the old name: it holds until an event says another."""
    shelf = await renamed(customer(0), of("d", customer(0, "d1")), assigned(1, "sales"))
    shelf.arrive(of("d", assigned(6, "shop")))
    shelf.now = at(6)
    await shelf.work()
    await tick_until_silent(shelf, at(11))
    told = {f.conversation_id: f.queue for f in shelf.facts if f.kind == "breached"}

    assert told == {"c": "sales", "d": "shop"}


async def test_a_breach_of_the_old_name_that_is_taken_back():
    """Under the new name: the rules forget which queue an account once had."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    await tick_until_silent(shelf, at(11))
    shelf.book.take(parse_config(AFTER, "after.yaml").rules())
    shelf.arrive(reply(9))
    shelf.now = at(12)
    await shelf.work()

    assert queues(shelf, FactKind.BREACHED) == ["sales"]
    assert queues(shelf, FactKind.BREACH_RETRACTED) == ["shop"]
    assert queues(shelf, FactKind.MET) == ["shop"]


def test_check_names_the_places_that_say_the_old_name():
    """In policies and routes."""
    both = CONFIG.replace("tier: vip", "queue: sales")
    both = both.replace("routes: [", "routes: [{match: {queue: sales}, to: s}, ")
    parse_config(both, "before.yaml")
    with pytest.raises(ConfigError) as refused:
        parse_config(both.replace("queues: {sales:", "queues: {shop:"), "after.yaml")

    assert str(refused.value).count("'sales'") == 2
