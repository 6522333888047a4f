"""Chaos: schedules that can be repeated, and an oracle that sees what broke."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from alerts.alert import alert_key
from alerts.slack.sentences import EMOJI
from dev.chaos.oracle import Outcome, alerts_of, faults
from dev.chaos.remains import save
from dev.chaos.schedule import WORKERS, Fault, draw
from stream.config import load_config
from stream.records import encode_event, encode_fact
from stream.replay.replay import Replay
from stream.simulator.loading import events_of
from stream.simulator.play import write_play
from stream.sla.facts import FactKind
from stream.sla.instants import parse_rfc3339
from stream.worker.table import VERSION, Stored

RULES = load_config(Path("config/sla.yaml")).rules()
START = parse_rfc3339("2026-11-23T09:00:00Z")


def test_a_seed_is_a_schedule():
    """The same seed draws the same faults; another one others."""
    one, again, other = (draw(seed, length=30, faults=5) for seed in (1, 1, 2))
    assert one == again
    assert one.actions != other.actions


def test_schedules_make_sense():
    """Faults lie within the trial; who joins was away, and one worker always stays."""
    for seed in range(300):
        schedule = draw(seed, length=30, faults=6)
        running = set(schedule.workers)
        for action in schedule.actions:
            assert 0 < action.at < schedule.length
            if action.fault is Fault.JOIN:
                assert action.who not in running
                running.add(action.who)
            if action.fault is Fault.LEAVE:
                running.remove(action.who)
            if action.fault in {Fault.CUT, Fault.CLOCK}:
                assert action.who in running
            if action.fault is Fault.CLOCK:
                # Within a minute, after which a jump is believed (stream.worker.wall).
                assert 600 <= action.by <= 26 * 3600 or -30 <= action.by < 0
                assert 0 < action.seconds < 30
            assert running
            assert running <= set(WORKERS)


def test_schedules_differ_in_all():
    """One broker and three, one worker to three, calm and storm, every fault."""
    drawn = [draw(seed, length=30, faults=6) for seed in range(100)]
    assert {schedule.brokers for schedule in drawn} == {1, 3}
    assert {schedule.is_stormy for schedule in drawn} == {True, False}
    assert {len(schedule.workers) for schedule in drawn} == {1, 2, 3}
    assert {a.fault for schedule in drawn for a in schedule.actions} == set(Fault)


def test_redis_is_lost_between_presses():
    """With and without storms: what was pressed before, and is pressed after."""
    drawn = [draw(seed, length=30, faults=5) for seed in range(1, 21)]
    lossy = [
        schedule.is_stormy
        for schedule in drawn
        for action in schedule.actions
        if action.fault in {Fault.FORGET, Fault.WIPE}
        and schedule.presses[0] < action.at < schedule.presses[-1]
    ]
    assert set(lossy) == {True, False}
    assert all(max(schedule.presses) < schedule.length for schedule in drawn)


def what_should_come() -> Outcome:
    """What a run without faults leaves of a play: one partition, every alert shown."""
    play = write_play(RULES, seed=1, start=START, seconds=26, rate=20)
    events = list(events_of(play.deliveries))
    lines = [encode_event(event) for event in events]
    run = Replay(RULES)
    facts = [*run.lines(lines), *run.run_until(START + 60_000)]
    told = [encode_fact(fact) for fact in facts]
    last = {event.conversation_id: number for number, event in enumerate(events)}
    states = {key: Stored(VERSION, last[key], s) for key, s in run.states.items()}
    messages = [message(key, alert.state) for key, alert in alerts_of([told]).items()]
    until = START + 60_000
    return Outcome([lines], [told], states, messages, 0, {"worker": ""}, until)


def message(key, state, blocks=()):
    return {
        "metadata": {"event_payload": {"key": key}},
        "text": EMOJI[state] + " x",
        "blocks": list(blocks),
        "posted_at": START,
        "edits": [],
    }


WHOLE = what_should_come()


def test_a_run_without_faults_is_right():
    """The oracle finds nothing where all came as it should; and there was something."""
    assert len(WHOLE.messages) > 2
    assert faults(RULES, WHOLE) == []


def without_last(parts):
    return [part[:-1] for part in parts]


def an_older_state():
    """A key's state as a frozen worker would have written it over the newer one."""
    key, stored = next(
        (key, s) for key, s in WHOLE.states.items() if len(s.conversation.turns) > 1
    )
    old = replace(stored.conversation, turns=stored.conversation.turns[:-1])
    return {**WHOLE.states, key: Stored(VERSION, stored.offset, old)}


def without(kind):
    """The facts without one of a kind."""
    told = list(WHOLE.facts[0])
    told.pop(next(n for n, v in enumerate(told) if f'"{kind}"'.encode() in v))
    return [told]


BROKEN = {
    "a session is missing": ({"facts": without(FactKind.SESSION_OPENED)}, "differ"),
    "a met is missing": ({"facts": without(FactKind.MET)}, "differ"),
    "a verdict is missing": (
        {"facts": [[f for f in WHOLE.facts[0] if b'"met"' not in f]]},
        "another verdict",
    ),
    "an event was not applied": ({"states": an_older_state()}, "another state"),
    "a state is missing": (
        {"states": dict(list(WHOLE.states.items())[1:])},
        "another state",
    ),
    "a message is there twice": (
        {"messages": [*WHOLE.messages, WHOLE.messages[0]]},
        "posted twice",
    ),
    "a message says what is over": (
        {
            "messages": [
                {**each, "text": "\N{LARGE BROWN CIRCLE}"} for each in WHOLE.messages
            ]
        },
        "is not",
    ),
    "a breach was not told": ({"messages": []}, "never posted"),
    "an alert of nothing": (
        {"messages": [*WHOLE.messages, message("no such key", "breached")]},
        "no breach",
    ),
    "records are not committed": ({"lag": 3}, "not committed"),
    "alerts wait": ({"undelivered": 1}, "wait for Redis or Slack"),
    "a fact is from the future": (
        {"looked_at": WHOLE.looked_at - 60_000},
        "in the future",
    ),
    "a hole": ({"logs": {"worker": "offsets missing in the topic"}}, "a hole"),
}


@pytest.mark.parametrize(("changes", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_the_oracle_sees(changes, says):
    """Each broken promise is found, and named."""
    fields = {name: getattr(WHOLE, name) for name in Outcome.__slots__}
    found = faults(RULES, Outcome(**{**fields, **changes}))
    assert any(says in fault for fault in found), found


def test_what_may_repeat_is_right_all_the_same():
    """Where an alert may be there twice, neither of both says what is over."""
    state = WHOLE.messages[0]["text"][:1]
    twice = [*WHOLE.messages, WHOLE.messages[0]]
    fields = {name: getattr(WHOLE, name) for name in Outcome.__slots__}
    again = Outcome(**{**fields, "messages": twice, "may_repeat": True})
    assert faults(RULES, again) == []
    other = next(each for each in EMOJI.values() if not state.startswith(each))
    wrong = [*WHOLE.messages, {**WHOLE.messages[0], "text": other}]
    again = Outcome(**{**fields, "messages": wrong, "may_repeat": True})
    assert len(faults(RULES, again)) == 1


def test_what_was_judged_can_be_replayed(tmp_path):
    """The events of a trial that failed are kept as `replyclock replay` reads them."""
    save(tmp_path, WHOLE)
    kept = (tmp_path / "events.jsonl").read_bytes().splitlines()
    run = Replay(RULES)
    replayed = [*run.lines(kept), *run.run_until(WHOLE.looked_at)]
    assert [encode_fact(fact) for fact in replayed] == WHOLE.facts[0]
    assert (tmp_path / "facts.jsonl").read_bytes().splitlines() == WHOLE.facts[0]


def test_alerts_are_those_of_breaches():
    """A cycle without a breach has no alert."""
    breached = {
        alert_key(fact)
        for fact in Replay(RULES).lines(WHOLE.events[0])
        if getattr(fact, "kind", None) is FactKind.BREACHED
    }
    assert breached <= alerts_of(WHOLE.facts).keys()
