"""The fold of facts in SQL against that in Python, of a crowd that does it all."""

from collections import defaultdict

import pytest
from msgspec.structs import replace

from stream.config import parse_config
from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.figures.catalogue.next_reply_time import NEXT_REPLY_TIME
from stream.figures.catalogue.service_level import SERVICE_LEVEL
from stream.figures.period import Period
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.cycles import Cycles
from stream.sla.facts import Fact, Measure
from stream.sla.figures import figures, percentile
from stream.sla.hours import DAY
from stream.sla.instants import from_ms
from tests.agreement.crowd import gather
from tests.agreement.short_rules import short_rules
from tests.figures.told import Told, tables_of
from tests.oracle.sums import told_sums
from tests.timelines import START

TIMES = {Measure.FIRST_REPLY: FIRST_REPLY_TIME, Measure.NEXT_REPLY: NEXT_REPLY_TIME}


@pytest.fixture(scope="module")
def facts():
    rules = parse_config(short_rules(START), "short.yaml").rules()
    crowd = gather(11, start=START, seconds=200, count=200)
    lines = [
        encode_event(replace(each.event, received_at=from_ms(each.at)))
        for each in crowd
    ]
    run = Replay(rules)
    told = [*run.lines(lines), *run.run_until(START + 60 * DAY)]
    return [fact for fact in told if isinstance(fact, Fact)]


@pytest.fixture(scope="module", params=[1, 2**31])
def tables(facts, tmp_path_factory, request):
    """Also where a time and a place do not fit into eight bytes."""
    folder = tmp_path_factory.mktemp("facts")
    return tables_of(facts, folder, apart=request.param)


def test_waits_are_what_cycles_make_of_them(facts, tables):
    """Every cycle that was decided or answered, with its verdict and its lengths."""
    cycles = Cycles()
    cycles.add(facts)
    wanted = {
        (key, measure, from_ms(start), shadow): (
            cycle.verdict,
            cycle.verdict_at and from_ms(cycle.verdict_at),
            cycle.queue,
            cycle.policy,
            cycle.author,
            cycle.waited_ms,
            cycle.waited_business_ms,
        )
        for (key, measure, start, shadow), cycle in cycles.by_key.items()
        if cycle.verdict is not None or cycle.waited_ms is not None
    }
    found = {
        (row["conversation_id"], row["measure"], row["began_at"], row["shadow"]): (
            row["verdict"],
            row["decided_at"],
            row["queue"],
            row["policy"],
            row["author"],
            milliseconds(row["waited_s"]),
            milliseconds(row["waited_business_s"]),
        )
        for row in tables.rows("FROM waits")
    }

    assert len(found) > 100
    assert found == wanted


def test_figures_of_waits_are_the_rules_own(facts, tables):
    """Service level and reply times say what `backtest` and the digest say."""
    cycles = Cycles()
    cycles.add(facts)
    period, by = Period(START, START + 60 * DAY), ("channel", "queue", "measure")

    def told(figure, *columns, by=by[:2]):
        rows = figure.of(tables, period, by)
        return {
            tuple(row[each] for each in by): tuple(row[each] for each in columns)
            for row in rows
        }

    wanted = figures(cycles.by_key.items())
    assert told(SERVICE_LEVEL, "met", "breached", "share", by=by) == {
        row: (each.met, each.breached, each.service_level)
        for row, each in wanted.items()
        if each.service_level is not None
    }
    for measure, figure in TIMES.items():
        assert told(figure, "n", "p50_s", "p90_s") == {
            row[:2]: (
                len(each.wall),
                percentile(each.wall, 0.5) / 1000,
                percentile(each.wall, 0.9) / 1000,
            )
            for row, each in wanted.items()
            if row.measure is measure and each.wall
        }


def test_sessions_are_what_is_told_of_them_last(facts, tables):
    """Without spam, and without those that never were."""
    of = defaultdict(list)
    for fact in facts:
        of[fact.conversation_id].append(fact)
    wanted = {
        (key, second): (queue, assignee, told)
        for key, each in of.items()
        for second, (queue, assignee, told) in told_sums(each).items()
    }
    found = {
        (row["conversation_id"], row["started_at"].timestamp() // 1): row
        for row in tables.rows("FROM sessions WHERE ended_at IS NOT NULL")
    }

    assert len(found) > 50
    assert found.keys() == wanted.keys()
    for key, row in found.items():
        queue, assignee, told = wanted[key]
        assert (row["queue"], row["assignee"]) == (queue, assignee)
        assert row["agent_replies"] == told.agent_replies
        assert row["resolved_at"] == (told.resolved_at and from_ms(told.resolved_at))
        assert tuple(row["categories"]) == told.categories


def test_a_survey_is_of_the_last_session_before_it(tmp_path):
    """Also long after its end; none of a conversation that had no session."""
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00", categories=("website",))
    told.session("a", "tue 09:00", "tue 10:00", categories=("delivery",))
    told.survey("a", "mon 12:00", "csat", 5)
    told.survey("a", "wed 12:00", "csat", 4)
    told.survey("b", "wed 12:00", "csat", 3)

    found = tables_of(told.facts, tmp_path).rows("FROM surveys ORDER BY score")

    assert [row["categories"] for row in found] == [[], ["delivery"], ["website"]]


def milliseconds(seconds):
    return None if seconds is None else round(seconds * 1000)
