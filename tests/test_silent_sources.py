"""Silent sources (semantics 3.6): what a worker tells of the accounts it heard."""

import pytest

from stream.config import parse_config
from stream.silent_sources import SilentSources
from stream.sla.instants import MINUTE
from tests.shelf import Shelf
from tests.timelines import CONFIG, START, customer, reply

SALES = {"channel": "whatsapp", "account": "1", "queue": "sales"}


@pytest.fixture
def shelf():
    shelf = Shelf()
    sources = SilentSources(shelf.metrics.newest, shelf.config, lambda: shelf.now)
    shelf.registry.register(sources)
    shelf.sources = sources
    return shelf


def silent(shelf):
    return shelf.sample("source_silent", **SALES)


async def test_an_account_is_silent_half_an_hour_after_its_last_event(shelf):
    """The default of `silence_after`; one event is enough to be heard again."""
    shelf.arrive(customer(0))
    await shelf.work()
    shelf.now = START + 30 * MINUTE - 1
    assert silent(shelf) == 0
    shelf.now = START + 30 * MINUTE
    assert silent(shelf) == 1
    shelf.arrive(reply(30))
    await shelf.work()
    assert silent(shelf) == 0


async def test_one_that_was_never_heard_counts_from_the_start(shelf):
    """The config names it, so it should say something some time."""
    assert silent(shelf) == 0
    shelf.now += 30 * MINUTE
    assert silent(shelf) == 1


async def test_a_worker_that_takes_over_knows_when_it_was_heard(shelf):
    """Restored states say when; else each restart would make a dead source green."""
    shelf.arrive(customer(0))
    await shelf.work()
    another = Shelf()
    another.now = START + 40 * MINUTE
    await another.book.restore(0, list(shelf.states[0].items()))
    another.registry.register(
        SilentSources(another.metrics.newest, another.config, lambda: another.now)
    )

    assert silent(another) == 1


async def test_a_reload_changes_how_long_is_too_long(shelf):
    shelf.now += 20 * MINUTE
    assert silent(shelf) == 0

    shelf.sources.take(parse_config(CONFIG + "silence_after: 20m\n", "test.yaml"))

    assert silent(shelf) == 1
