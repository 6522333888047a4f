"""What sessions came to, live: each once, as it was told first."""

import pytest
from prometheus_client import generate_latest

from stream.config import parse_config
from stream.sla.events import (
    AuthorKind,
    PurchaseEvent,
    Scale,
    SpamEvent,
    Status,
    SurveyEvent,
)
from stream.sla.hours import DAY
from stream.sla.instants import HOUR
from stream.worker.census import AGES
from tests.shelf import Shelf, of
from tests.timelines import (
    CONFIG,
    Timeline,
    assigned,
    at,
    closed,
    customer,
    failure,
    reply,
    status,
    tags,
)

PLACE = {"channel": "whatsapp", "queue": "sales"}
RESOLVED = Status.RESOLVED
SHOP = CONFIG.replace("queues:", "categories: [website, delivery]\nqueues:", 1)


def envelope(minute, name):
    event = closed(minute)
    fields = {name: getattr(event, name) for name in SpamEvent.__struct_fields__}
    return fields | {"event_id": name}


def survey(minute, name, scale, score):
    return SurveyEvent(**envelope(minute, name), scale=scale, score=score)


def outcomes(shelf, **place):
    """Every outcome that is not at zero."""
    names = ("ended", "resolved", "one_reply", "automated", "abandoned", "reopened")
    found = {
        name: shelf.sample("session_outcomes_total", **PLACE | place, outcome=name)
        for name in names
    }
    assert None not in found.values()
    return {name: count for name, count in found.items() if count}


STORIES = {
    "One reply settles it.": (
        [customer(0), reply(3), status(4, RESOLVED), closed(5)],
        {"ended": 1, "resolved": 1, "one_reply": 1},
    ),
    "The machine settles it.": (
        [customer(0), reply(3, author=AuthorKind.BOT), status(4, RESOLVED), closed(5)],
        {"ended": 1, "resolved": 1, "automated": 1},
    ),
    "Nobody ever answers.": ([customer(0), closed(5)], {"ended": 1, "abandoned": 1}),
    "It is not over yet.": ([customer(0), reply(3), status(4, RESOLVED)], {}),
    "It comes back.": (
        [
            *(customer(0), reply(3), status(4, RESOLVED)),
            *(customer(5, "c2"), reply(6, "r2"), status(7, RESOLVED), closed(8)),
        ],
        {"ended": 1, "resolved": 1, "reopened": 1},
    ),
    "It is spam.": ([customer(0), reply(1), SpamEvent(**envelope(2, "spam"))], {}),
    "It began earlier than told, which is told before its end.": (
        [customer(0), customer(-1, "c0"), reply(3), closed(4)],
        {"ended": 1, "resolved": 1, "one_reply": 1},
    ),
    "Its only reply failed, which is heard after its end.": (
        [customer(0), reply(3), closed(4), failure(5)],
        {"ended": 1, "resolved": 1, "one_reply": 1},
    ),
}


@pytest.mark.parametrize(("steps", "wanted"), STORIES.values(), ids=STORIES.keys())
def test_a_session_is_counted_when_its_end_is_told_first(steps, wanted):
    """Late news, spam, and sessions that never were move nothing (ADR 36)."""
    shelf = Shelf()
    shelf.metrics.record(Timeline(shelf.config.rules()).play(*steps).facts)

    assert outcomes(shelf) == wanted


def test_handling_is_the_time_until_it_was_resolved():
    """Of resolved sessions alone, by no promise; reopened ones by the last time."""
    shelf = Shelf()
    rules = shelf.config.rules()
    for steps in (
        [customer(0), reply(3), status(4, RESOLVED), closed(90)],
        [customer(0), status(1, RESOLVED), customer(2, "c2"), status(9, RESOLVED)],
        [customer(0), closed(5)],
    ):
        shelf.metrics.record(Timeline(rules).play(*steps, closed(99)).facts)

    assert shelf.sample("handling_seconds_count", **PLACE) == 2
    assert shelf.sample("handling_seconds_sum", **PLACE) == (4 + 9) * 60


def test_categories_are_counted_once_for_each_tag():
    """Those of the file and `other` are at zero from the start; no tag is no series."""
    shelf = Shelf(SHOP)
    rules = shelf.config.rules()
    for names in (("website", "delivery"), ("website", "blue"), ("blue",), ()):
        told = Timeline(rules).play(customer(0), tags(1, *names), closed(2))
        shelf.metrics.record(told.facts)

    def counted(category):
        labels = PLACE | {"category": category}
        return shelf.sample("session_categories_total", **labels)

    assert [counted(name) for name in ("website", "delivery", "other", "")] == [
        *(2, 1, 1),
        None,
    ]


async def test_a_survey_that_is_repeated_is_counted_once():
    """Its source may send it as often as it likes, and so may Kafka."""
    shelf = Shelf()
    answers = [survey(3, "s1", Scale.CSAT, 5), survey(3, "s2", Scale.CSAT, 4)]
    answers += [survey(4, "s3", Scale.EMOTION, -0.5), survey(4, "s4", Scale.CSAT, 6)]
    bought = PurchaseEvent(**envelope(5, "p1"), amount=9.5, currency="EUR")
    shelf.arrive(customer(0), *answers, bought, answers[0])
    await shelf.work()
    shelf.arrive(answers[0], bought)
    await shelf.work()

    def counted(name, scale, answer):
        labels = PLACE | {"scale": scale, "answer": answer}
        return shelf.sample(f"survey_{name}_total", **labels)

    assert counted("answers", "csat", "good") == 2
    assert counted("scores", "csat", "good") == 9
    assert counted("answers", "csat", "bad") == 0
    assert counted("answers", "emotion", "bad") == 1
    assert counted("scores", "emotion", "bad") == 0.5
    assert shelf.sample("purchases_total", **PLACE) == 1


def test_a_queue_that_only_events_name_is_at_zero_for_a_scrape():
    """And has its categories from then on."""
    shelf = Shelf(SHOP)
    steps = [assigned(-1, "night"), customer(0), tags(1, "website"), closed(2)]
    shelf.metrics.record(Timeline(shelf.config.rules()).play(*steps).facts)

    website = {**PLACE, "queue": "night", "category": "website"}
    assert outcomes(shelf, queue="night") == {}
    assert shelf.sample("session_categories_total", **website) == 0
    generate_latest(shelf.registry)  # a scrape
    assert outcomes(shelf, queue="night") == {"ended": 1, "abandoned": 1}
    assert shelf.sample("session_categories_total", **website) == 1


def test_a_category_that_a_reload_names_is_at_zero_everywhere():
    """Also in queues that only events name: the first one is an increase."""
    shelf = Shelf(SHOP)
    steps = [assigned(-1, "night"), customer(0), closed(2)]
    shelf.metrics.record(Timeline(shelf.config.rules()).play(*steps).facts)
    shelf.metrics.take(parse_config(SHOP.replace("website", "returns"), "later.yaml"))

    for queue in ("sales", "night"):
        labels = PLACE | {"queue": queue, "category": "returns"}
        assert shelf.sample("session_categories_total", **labels) == 0


async def test_the_backlog_is_who_is_not_resolved_by_age():
    """At the scrape: an hour to the millisecond is no more under an hour."""
    shelf = Shelf()
    shelf.arrive(
        *(of("waits", customer(0)), of("answered", customer(0))),
        *(of("answered", reply(1)), of("resolved", customer(0))),
        *(of("resolved", status(1, RESOLVED)), of("closed", customer(0))),
        of("closed", closed(1)),
    )
    await shelf.work()

    def ages(now):
        shelf.now = now
        found = {age: shelf.sample("backlog", **PLACE, age=age) for age in AGES}
        assert sum(found.values()) == shelf.sample("open_sessions", **PLACE) == 2
        return [age for age, count in found.items() if count]

    for age, ends in zip(AGES, (HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY), strict=False):
        assert ages(at(0) + ends - 1) == [age]
    assert ages(at(0) + 7 * DAY) == ["older"]
    unrouted = PLACE | {"queue": "unrouted"}
    assert [shelf.sample("backlog", **unrouted, age=age) for age in AGES] == [0] * 6
