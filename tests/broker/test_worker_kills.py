"""The worker dies in the middle of a backlog; nothing is lost, nothing is twice."""

import pytest

from dev.demo.judgement import backlog_differences, verdict_differences
from stream.sla.facts import Verdict

pytestmark = pytest.mark.broker


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
    assert backlog_differences(stage.rules, seen.events, seen.facts) == set()
    keys = [m["metadata"]["event_payload"]["key"] for m in seen.messages]
    assert len(keys) == len(set(keys)) == unanswered
