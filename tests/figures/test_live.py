"""Live figures against offline ones, and both against what the play knows."""

import asyncio
import json
from collections import defaultdict, deque
from dataclasses import replace
from math import nan

import pytest
from click.testing import CliRunner
from prometheus_client import generate_latest

from dev.demo.climbs import add_climbs
from dev.demo.figures import (
    JUDGED,
    Judged,
    counted,
    judge_live,
    judge_offline,
    known,
)
from dev.demo.matters import add_matters
from dev.demo.rules import write_rules
from dev.demo.storm import add_storm
from dev.demo.traffic import SALES, SUPPORT
from stream.cli import main
from stream.config import load_config
from stream.figures.catalogue import FIGURES
from stream.figures.period import Period
from stream.records import encode_fact
from stream.simulator.characters import CAST
from stream.simulator.play import write_play
from stream.sla.hours import DAY
from stream.sla.instants import SECOND, from_ms
from tests.agreement.crowd import gather
from tests.agreement.short_rules import short_rules
from tests.figures.told import tables_of
from tests.shelf import Shelf
from tests.simulator.arriving import arriving

START = 1_795_424_400_000
SECONDS = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def config(folder):
    return load_config(write_rules(folder))


@pytest.fixture(scope="module")
def play(config):
    """What the demo plays, at a time of our own."""
    play = write_play(
        config.rules(), seed=1, start=START, seconds=SECONDS, rate=40, cast=CAST
    )
    add_climbs(play, SALES, START, 0)
    add_storm(play, SALES, START, 0)
    add_matters(play, (SALES, SUPPORT), START, 0)
    return play


@pytest.fixture(scope="module")
def shelf(folder, play):
    """A worker that read the play, a batch a second, and heard no more for a minute."""
    shelf = Shelf((folder / "sla.yaml").read_text())
    asyncio.run(read(play, shelf))
    generate_latest(shelf.registry)  # a scrape
    return shelf


async def read(play, shelf):
    coming = deque(arriving(play.deliveries))
    for second in range(1, SECONDS + 60):
        shelf.now = START + second * SECOND
        while coming and coming[0][0] < shelf.now:
            shelf.arrive(coming.popleft()[1])
        await shelf.work()
        shelf.arrive(*shelf.sent_on)
        shelf.sent_on.clear()
        await shelf.timers.tick()


def samples(shelf):
    return [
        (sample.name.removeprefix("replyclock_"), sample.labels, sample.value)
        for family in shelf.registry.collect()
        for sample in family.samples
    ]


def wrong(lines):
    return [str(line) for line in lines if not line.holds]


def test_what_the_play_knows_is_what_the_worker_counts(shelf, play):
    """Every figure, to the digit: `make demo` asks the same of Prometheus."""
    lines = judge_live(play.truth, samples(shelf))

    assert len(lines) == len(JUDGED) + 1
    assert wrong(lines) == []


def test_every_number_of_a_play_is_judged(shelf, play):
    """One off in any of them, and some line is WRONG."""
    numbers = play.truth.figures
    assert len(numbers) > 20
    for name, number in numbers.items():
        untrue = replace(play.truth, figures=numbers | {name: number + 1})
        assert wrong(judge_live(untrue, samples(shelf))), name


def test_what_the_play_knows_is_what_the_facts_come_to(shelf, play, config, tmp_path):
    """The same figures of an archive of the worker's facts."""
    lines = judge_offline(play.truth, shelf.facts, config, tmp_path / "facts")

    assert wrong(lines) == []


def test_the_report_says_the_same(shelf, play, folder, tmp_path):
    """`replyclock report` of that day, over the same facts, to the digit."""
    told, out = tmp_path / "told.jsonl", tmp_path / "report"
    told.write_bytes(b"\n".join(map(encode_fact, shelf.facts)))
    rules, day = str(folder / "sla.yaml"), f"{from_ms(START):%Y-%m-%d}"
    days = ("--from", day, "--to", f"{from_ms(START + DAY):%Y-%m-%d}")
    words = ["report", str(told), *days, "--config", rules, "--out", str(out)]
    ended = CliRunner().invoke(main, words)
    assert ended.exit_code == 0, ended.output

    figures = json.loads((out / "report.json").read_text())["figures"]
    expected = known(play.truth)
    for judged in JUDGED:
        part = figures[judged.figure]
        if judged.category is not None:
            parts = {each["of"]: each for each in part["by"]["category"]}
            part = parts[judged.category]
        assert part["now"][judged.column] == judged.of(expected), judged.title


def test_figures_name_metrics_that_there_are():
    """`live` of a figure is what the worker exports."""
    exported = {
        family.name + "_total" * (family.type == "counter")
        for family in Shelf().registry.collect()
    }
    assert {name for figure in FIGURES for name in figure.live} <= exported


def mean_wait(measure):
    def of(numbers):
        return numbers[f"{measure} waited"] / (numbers[f"{measure} answered"] or nan)

    return Judged(measure, of, f"{measure}_time", "mean_s")


BILLING = Judged("billing", lambda n: n["billing"], "categories", "n", "billing")
QUEUE, CHANNEL = ("channel", "queue"), ("channel",)
BY = {
    "handling time, mean in s": QUEUE,
    "one-reply resolution": QUEUE,
    "automated resolution": QUEUE,
    "abandonment": QUEUE,
    "billing": QUEUE,
    "CSAT": QUEUE,
    # What begins in one queue may end in another, and is told of either.
    "volume": CHANNEL,
    "first_reply": CHANNEL,
    "next_reply": CHANNEL,
}
"""What a crowd does that is asked about nothing but CSAT, and only bills."""
COMPARED = [
    judged
    for judged in (*JUDGED, BILLING, mean_wait("first_reply"), mean_wait("next_reply"))
    if judged.title in BY
]


@pytest.fixture(scope="module")
def crowd():
    """A worker that read of all that may happen, when it happened, until all ended."""
    text = short_rules(START).replace("queues:", "categories: [billing]\nqueues:", 1)
    shelf = Shelf(text)
    arrivals = gather(3, start=START, seconds=100, count=200)
    events = {arrival.event.event_id: arrival.event for arrival in arrivals}
    asyncio.run(hear(sorted(events.values(), key=lambda event: event.at), shelf))
    generate_latest(shelf.registry)  # a scrape
    return shelf


async def hear(events, shelf):
    for first in range(0, len(events), 20):
        batch = events[first : first + 20]
        shelf.now = batch[-1].at
        shelf.arrive(*batch)
        await shelf.work()
        await shelf.timers.tick()
    for _ in range(3):
        await shelf.tick(shelf.now + 40 * DAY)


@pytest.fixture(scope="module")
def tables(crowd, tmp_path_factory):
    """Of what was told first: late news moves no counter (ADR 36)."""
    first = [fact for fact in crowd.facts if fact.replaces_id is None]
    return tables_of(first, tmp_path_factory.mktemp("facts"))


@pytest.mark.parametrize("judged", COMPARED, ids=lambda judged: judged.title)
def test_live_and_offline_say_the_same_of_each_place(crowd, tables, judged):
    """Of a crowd that does all there is, by channel, and by queue where it has one."""
    by = BY[judged.title]
    [figure] = [figure for figure in FIGURES if figure.name == judged.figure]
    asked = by if judged.category is None else (*by, "category")
    offline = {
        tuple(row[name] for name in by): row[judged.column]
        for row in figure.of(tables, Period(0, crowd.now), asked)
        if row.get("category") == judged.category
    }
    by_place = defaultdict(list)
    for sample in samples(crowd):
        by_place[tuple(sample[1].get(name) for name in by)].append(sample)
    live = {place: judged.of(counted(found)) for place, found in by_place.items()}

    assert len(offline) > 2
    assert {place: live[place] for place in offline} == pytest.approx(offline, 1e-12)
    assert not any(live[place] > 0 for place in live.keys() - offline.keys())
