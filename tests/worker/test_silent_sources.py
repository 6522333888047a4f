"""Silent sources (semantics 3.6): what a worker tells of the accounts it heard."""

import pytest
from msgspec.structs import replace

from stream.config import parse_config
from stream.sla.events import HeartbeatEvent
from stream.sla.hours import DAY
from stream.sla.instants import MINUTE, from_ms
from stream.worker.silent_sources import SilentSources
from tests.shelf import Shelf, of
from tests.timelines import CONFIG, START, at, customer, reply

ACCOUNT = {"channel": "whatsapp", "account": "1"}
SALES = {**ACCOUNT, "queue": "sales"}


@pytest.fixture
def shelf():
    shelf = Shelf()
    sources = SilentSources(shelf.metrics.newest, shelf.config, lambda: shelf.now)
    shelf.registry.register(sources)
    shelf.sources = sources

    def reload(text: str) -> None:
        config = parse_config(text, "test.yaml")
        shelf.metrics.take(config)
        sources.take(config)

    shelf.reload = reload
    return shelf


def heartbeat(minute):
    return HeartbeatEvent(
        v=1,
        event_id="h",
        occurred_at=from_ms(at(minute)),
        conversation_id="account:1",
        channel=customer(0).channel,
        account="1",
    )


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


async def test_a_source_whose_clock_is_ahead_falls_silent_too(shelf):
    """What claims to come from the future happened when we applied it."""
    shelf.arrive(customer(600))
    await shelf.work()
    assert shelf.sample("last_event_timestamp_seconds", **ACCOUNT) == START / 1000

    shelf.now = START + 30 * MINUTE
    assert silent(shelf) == 1


async def test_an_account_that_no_queue_lists_is_not_named(shelf):
    """It may be a phone number (4.7); all of a channel are one source."""
    for name in ("+36301234567", "+36307654321"):
        shelf.arrive(of(name, replace(customer(0), account=name)))
    await shelf.work()

    unrouted = {"channel": "whatsapp", "account": "unrouted"}
    last = shelf.sample("last_event_timestamp_seconds", **unrouted)
    assert last == START / 1000
    assert shelf.sample("source_silent", **unrouted, queue="unrouted") == 0
    told = repr([m.samples for m in shelf.registry.collect()])
    assert "36301234567" not in told  # which a time of day does not contain by chance
    assert "36307654321" not in told


async def test_an_account_that_no_queue_lists_is_forgotten_after_a_day(shelf):
    """It may have been a try; one that is listed is missed for ever."""
    shelf.arrive(replace(customer(0), account="2"))
    await shelf.work()
    unrouted = {"channel": "whatsapp", "account": "unrouted", "queue": "unrouted"}

    shelf.now = START + DAY - 1
    assert shelf.sample("source_silent", **unrouted) == 1
    shelf.now = START + DAY
    assert shelf.sample("source_silent", **unrouted) is None
    assert silent(shelf) == 1


async def test_an_account_that_left_the_config_is_not_missed(shelf):
    """Nobody expects a word of it; else its alert would never end."""
    shelf.arrive(customer(0))
    await shelf.work()
    shelf.reload(CONFIG.replace("whatsapp:1", "whatsapp:2"))
    shelf.now = START + 40 * MINUTE

    told = [m for m in shelf.registry.collect() if m.name.endswith("source_silent")]
    assert [s.labels["account"] for s in told[0].samples] == ["2"]


async def test_an_account_that_is_new_in_the_config_counts_from_then(shelf):
    """It was not listened for before, under its name."""
    shelf.now = START + 60 * MINUTE
    shelf.reload(CONFIG.replace('"whatsapp:1"', '"whatsapp:1", "whatsapp:2"'))
    new = {"channel": "whatsapp", "account": "2", "queue": "sales"}
    assert (shelf.sample("source_silent", **new), silent(shelf)) == (0, 1)

    shelf.now += 30 * MINUTE
    assert shelf.sample("source_silent", **new) == 1


@pytest.mark.xfail(reason="heartbeats and receipts are in no state", strict=True)
async def test_a_restart_does_not_make_a_living_source_silent():
    """A heartbeat a minute ago is a sign, whoever owns the partition now."""
    before = Shelf()
    before.arrive(customer(0), heartbeat(39))
    await before.work()
    after = Shelf()
    after.now = START + 40 * MINUTE
    await after.book.restore(0, list(before.states[0].items()))
    after.registry.register(
        SilentSources(after.metrics.newest, after.config, lambda: after.now)
    )

    assert silent(after) == 0
