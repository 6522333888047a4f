"""Backtests against a play that knows its own truth."""

import pytest

from dev.system import CONFIG as CONFIG_FILE
from stream.backtest.difference import compare
from stream.backtest.run import run_both, run_events
from stream.backtest.sweep import Part, sweep
from stream.config import load_config, parse_config
from stream.records import encode_event
from stream.simulator.loading import events_of
from stream.simulator.play import write_play
from stream.sla.facts import Measure, Verdict
from stream.sla.instants import MINUTE, parse_rfc3339

NOW = load_config(CONFIG_FILE)


@pytest.fixture(scope="module")
def play():
    """Two minutes of traffic, and what must come of it."""
    start = parse_rfc3339("2026-11-16T09:00:00Z")
    return write_play(NOW.rules(), seed=7, start=start, seconds=120, rate=20)


@pytest.fixture(scope="module")
def lines(play):
    events = [event for each in play.deliveries for event in events_of([each])]
    return [encode_event(event) for event in events]


def test_a_run_counts_what_the_play_knows(play, lines):
    """Met and breached are the play's own numbers."""
    run = run_events(NOW, lines)
    difference = compare(run, run, NOW.timezone)

    assert run.events == len(lines)
    _, total = difference.queues.total
    assert total.met == play.truth.met
    assert total.breached == play.truth.breached
    assert total.alerts == play.truth.alerts_posted
    assert total.alerts == total.breached - total.over + total.taken_back
    assert difference.flips == ()


def test_a_shorter_target_breaches_more(lines):
    """What flips was met and is breached, of the queue whose target moved."""
    text = CONFIG_FILE.read_text("utf-8").replace("within: 15m", "within: 1m")
    stricter = parse_config(text, "new.yaml")
    before, after = run_events(NOW, lines), run_events(stricter, lines)
    difference = compare(before, after, NOW.timezone)

    assert difference.flips
    assert {(flip.then, flip.now) for flip in difference.flips} == {
        (Verdict.MET, Verdict.BREACHED)
    }
    changed, same = difference.queues.rows
    assert changed[:2] == ("messenger", "support")
    before_now = difference.queues.of(same)
    assert before_now[0] == before_now[1]
    _, total = difference.queues.total
    assert sum(difference.hours_now.values()) == total.breached


def test_two_processes_say_the_same(lines, tmp_path):
    """Each config in a process of its own, from the file."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join([*lines, b"no event"]))
    one = run_events(NOW, path.read_bytes().splitlines())

    with path.open("rb") as file:
        both = run_both(NOW, NOW, path, file)

    assert both == (one, one)
    assert one.faults == (f"{len(lines) + 1}: {one.faults[0].split(': ', 1)[1]}",)


def test_a_sweep_is_what_replays_give(lines):
    """At each target what a queue would have met is what a replay with it meets."""
    text = CONFIG_FILE.read_text("utf-8").replace("within: 5m", "within: 15m")
    base = run_events(parse_config(text, "base.yaml"), lines)
    cycles = base.cycles.items()
    for minutes in (1, 4, 15):
        target = text.replace("within: 15m", f"within: {minutes}m")
        run = run_events(parse_config(target, "new.yaml"), lines)
        decided = compare(run, run, NOW.timezone).queues.now
        for row, figures in decided.items():
            part = Part("queue", row.queue)
            swept = sweep(cycles, Measure.FIRST_REPLY, part, [minutes * MINUTE])
            assert swept.levels[minutes * MINUTE].met == figures.met
