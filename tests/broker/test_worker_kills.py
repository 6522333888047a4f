"""The worker dies in the middle of a backlog; nothing is lost, nothing is twice."""

import pytest

from dev.demo.judgement import verdict_differences
from dev.demo.seen import distinct
from stream.replay import Replay
from stream.sla.facts import FactKind, Verdict

pytestmark = pytest.mark.broker

PAIR = {FactKind.BREACHED, FactKind.BREACH_RETRACTED}


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_worker_that_dies_in_a_backlog(scene, how):
    """Every event applied, replay's verdicts and facts, one message a breach.

    The backlog holds replies that were said in time and told late. Replay, whose
    time is the arrivals, tells a breach and its retraction for them; a worker that
    was down when they came must not conclude what its backlog disproves (semantics
    3.3). Nothing else may differ.
    """
    stage = scene("worker", "alerts")
    system = stage.system
    system.terminate("worker")
    play = stage.backlog(rate=1000)
    truth = play.truth
    # Who was answered while we were down is a breach on record, and no news.
    unanswered = truth.breached - truth.answered_late

    system.start("worker")
    stage.wait_for_first_batch()
    if how == "kill":
        system.kill("worker")
    else:
        assert system.terminate("worker") == 0
    half_way = len(stage.see().facts)
    system.start("worker")
    system.wait_ready("worker")

    seen = stage.wait_until(
        lambda seen: (
            seen.net(Verdict.MET) == truth.met
            and seen.net(Verdict.BREACHED) == truth.breached
            and len(seen.messages) >= unanswered
        )
    )
    assert 0 < half_way < len(seen.facts)
    assert (seen.sessions, seen.net(Verdict.MET), seen.net(Verdict.BREACHED)) == (
        truth.sessions,
        truth.met,
        truth.breached,
    )
    assert verdict_differences(stage.rules, seen.events, seen.facts) == 0
    assert fact_differences(stage.rules, seen) == set()
    keys = [m["metadata"]["event_payload"]["key"] for m in seen.messages]
    assert len(keys) == len(set(keys)) == unanswered


def fact_differences(rules, seen) -> set[str]:
    """Ids in one set only, but for pairs that the backlog disproved."""
    run = Replay(rules)
    until = max(fact.noticed_at for fact in seen.facts)
    replayed = [*run.lines(seen.events), *run.run_until(until)]
    retracted = {
        (fact.conversation_id, fact.cycle)
        for fact in replayed
        if fact.kind is FactKind.BREACH_RETRACTED
    }
    live = {fact.fact_id for fact in distinct(seen.facts)}
    disproved = {
        fact.fact_id
        for fact in replayed
        if fact.kind in PAIR and (fact.conversation_id, fact.cycle) in retracted
    }
    return (live ^ {fact.fact_id for fact in replayed}) - disproved
