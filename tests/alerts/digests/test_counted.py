"""What a digest counts: the figures of the rules, by queue and day."""

from collections import Counter
from pathlib import Path

import pytest

from alerts.alert import alert_key
from alerts.digests.counted import Counted, Partition, QueueFigures, Reaction, Waiting
from alerts.digests.due import Period
from dev.places import CONFIG
from stream.config import load_config
from stream.figures.catalogue.service_level import SERVICE_LEVEL
from stream.figures.period import Period as FiguresPeriod
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.simulator.loading import events_of
from stream.simulator.play import write_play
from stream.sla.cycles import Cycles
from stream.sla.facts import Fact, FactKind, Measure, Reason, Verdict
from stream.sla.figures import figures
from stream.sla.instants import HOUR, MINUTE, parse_rfc3339
from tests.alerts.cycles import DEADLINE, NINE, Cycle
from tests.figures.told import tables_of

DAY = Period(NINE - 9 * HOUR, NINE + 15 * HOUR)
"""The day of `tests.alerts.cycles`."""
AFTER = Period(DAY.end, DAY.end + 24 * HOUR)
MIDNIGHT = parse_rfc3339("2026-11-17T00:00:00Z")
"""In the middle of the play."""
DAYS = Period(0, MIDNIGHT), Period(MIDNIGHT, MIDNIGHT + HOUR)


def counted(*partitions: list[Fact], periods: tuple[Period, ...] = (DAY,)) -> Counted:
    found = Counted(periods)
    for facts in partitions:
        partition = Partition(periods)
        for fact in facts:
            partition.add(fact)
        partition.count(found)
    return found


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    """Two minutes of traffic around midnight, as `replyclock replay` tells it."""
    rules = load_config(CONFIG).rules()
    start = MIDNIGHT - MINUTE
    play = write_play(rules, seed=7, start=start, seconds=120, rate=20)
    replay = Replay(rules)
    lines = [encode_event(e) for each in play.deliveries for e in events_of([each])]
    told = [*replay.lines(lines), *replay.run_until(MIDNIGHT + HOUR)]
    return [fact for fact in told if isinstance(fact, Fact)]


def test_the_numbers_are_the_reports(facts: list[Fact]) -> None:
    """Over the same facts, the sums of the rules' own figures, day by day."""
    found = counted(facts, periods=DAYS)
    cycles = Cycles()
    cycles.add(facts)
    report = figures(cycles.by_key.items())

    assert {queue for _, queue, _ in report} == set(found.by_queue[0])
    for queue in found.by_queue[0]:
        rows = [row for (_, of, _), row in report.items() if of == queue]
        days = [each[queue] for each in found.by_queue]
        assert all(day.met and day.breached for day in days)
        assert sum(day.met for day in days) == sum(row.met for row in rows)
        broken = sum(row.breached for row in rows)
        assert sum(day.breached.total() for day in days) == broken
        assert max(day.longest for day in days) == max(row.wall[-1] for row in rows)


def test_the_numbers_are_those_of_replyclock_report(
    facts: list[Fact], tmp_path: Path
) -> None:
    """The figure `service_level`, asked of an archive of the same facts."""
    found = counted(facts, periods=DAYS)
    tables = tables_of(facts, tmp_path)

    for day, queues in zip(DAYS, found.by_queue, strict=True):
        period = FiguresPeriod(day.begin, day.end)
        rows = SERVICE_LEVEL.of(tables, period, ("queue",))
        told = {row["queue"]: (row["met"], row["breached"]) for row in rows}
        assert told == {
            name: (queue.met, queue.breached.total()) for name, queue in queues.items()
        }


def test_partitions_add_up(facts: list[Fact]) -> None:
    """Read one by one they come to what one would."""
    parts: list[list[Fact]] = [[], [], []]
    for fact in facts:
        parts[hash(fact.conversation_id) % 3].append(fact)

    assert counted(*parts, periods=DAYS) == counted(facts, periods=DAYS)


def test_what_was_told_twice_counts_once() -> None:
    """A crash repeats facts under the same id."""
    cycle = Cycle("a")
    told = [cycle.breached(), cycle.breached(), cycle.answered(), cycle.answered()]

    assert counted(told).by_queue[0]["sales"] == QueueFigures(
        0, Counter({Measure.FIRST_REPLY: 1}), 42 * MINUTE
    )


def test_a_verdict_that_was_replaced_counts_as_what_it_became() -> None:
    """Broken, and found to be answered in time: kept, and no alert of the week."""
    cycle = Cycle("a")
    found = counted([cycle.breached(), cycle.retracted(), cycle.met()])

    assert found.by_queue[0]["sales"] == QueueFigures(1, longest=29 * MINUTE)
    assert found.alerts == {}


def test_a_breach_counts_on_the_day_of_its_deadline() -> None:
    """Not on that of its late answer; a deadline at midnight is the next day's."""
    late = Cycle("a", start=DAY.end - 30 * MINUTE)
    early = Cycle("b", start=DAY.end - 31 * MINUTE)
    told = [late.breached(), early.breached(), late.answered(), early.answered()]
    yesterday, today = counted(told, periods=(DAY, AFTER)).by_queue

    assert yesterday["sales"].breached.total() == today["sales"].breached.total() == 1


def test_who_still_waits_is_counted_whenever_it_began() -> None:
    """Broken and unanswered, of any day; not what runs in time, nor a resolution."""
    old = Cycle("a", start=NINE - 72 * HOUR)
    told = [old.breached(), Cycle("b").breached()]
    told += [Cycle("c").fact(FactKind.CLOCK_STARTED, NINE)]
    told += [Cycle("d", measure=Measure.RESOLUTION).breached()]
    told += [Cycle("e").breached(), Cycle("e").answered()]
    told += [Cycle("f").breached(), Cycle("f").ended()]
    told += [Cycle("g").breached(), Cycle("g").answered(), Cycle("g").taken_back()]
    found = counted(told)

    assert found.waiting == {"sales": Waiting(3, old.start)}
    assert found.by_queue[0]["sales"].breached.total() == 5


def test_what_was_over_before_is_forgotten() -> None:
    """Memory holds what counts; a verdict that is taken back later counts anew."""
    old = Cycle("a", start=NINE - 24 * HOUR)
    partition = Partition((DAY,))
    partition.add(old.met())
    assert partition.size == 0
    partition.add(old.taken_back(24 * 60, replaces=Verdict.MET))
    partition.add(old.breached(noticed=24 * 3600))
    found = Counted((DAY,))
    partition.count(found)

    assert found.waiting == {"sales": Waiting(1, old.start)}


def test_what_is_only_tried_counts_nothing() -> None:
    """A shadow's verdicts, and cycles that proved to be none."""
    gone = Cycle("b").fact(FactKind.CANCELLED, DEADLINE, reason=Reason.SUPERSEDED)
    told = [Cycle("a", shadow=True).breached(), Cycle("b").breached(), gone]
    found = counted(told)

    assert (found.by_queue[0], found.waiting) == ({}, {})


def test_alerts_are_answered_before_anybody_else_is_told() -> None:
    """Or at all, where nobody else was."""
    in_time, climbed, late, never = map(Cycle, "abcd")
    told = [each.breached() for each in (in_time, climbed, late, never)]
    told += [in_time.answered(42), in_time.escalated(45)]
    told += [climbed.escalated(40), climbed.answered(42), late.answered(500)]

    assert counted(told).alerts == {
        alert_key(in_time.breached()): Reaction("sales", in_time=True),
        alert_key(climbed.breached()): Reaction("sales", in_time=False),
        alert_key(late.breached()): Reaction("sales", in_time=True),
        alert_key(never.breached()): Reaction("sales", in_time=False),
    }


def test_the_slowest_notice_says_that_somebody_was_away() -> None:
    """How late a breach was noticed; and when the last fact was concluded."""
    told = [Cycle("a").breached(), Cycle("b").breached(noticed=1800)]
    found = counted(told, [Cycle("c").met()])

    assert found.slowest == 30 * MINUTE
    assert found.last == DEADLINE + 30 * MINUTE
