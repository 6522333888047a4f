"""The worker dies in the middle of a backlog; nothing is lost, nothing is twice."""

import asyncio

import pytest
from aiokafka.structs import TopicPartition

from dev.demo.judgement import backlog_differences, verdict_differences
from stream.engine.group import Group, open_group
from stream.kafka.access import KafkaAccess
from stream.sla.facts import Verdict

pytestmark = pytest.mark.broker


async def _group(broker: str) -> Group:
    """The worker's."""
    place = TopicPartition("conversations.events", 0)
    async with open_group(
        KafkaAccess.to(broker), "replyclock-worker", [place], 10.0
    ) as look:
        return await look()


@pytest.mark.parametrize("member_id", ["", "worker-0"], ids=["dynamic", "static"])
@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_worker_that_dies_in_a_backlog(scene, how, member_id):
    """Every event applied, replay's verdicts and facts, one message a breach.

    The backlog holds replies that were said in time and told late. Replay, whose
    time is the arrivals, tells a breach and its retraction for them; a worker that
    was down when they came must not conclude what its backlog disproves (semantics
    3.3). Nothing else may differ.
    """
    stage = scene("worker", "alerts")
    system = stage.system
    system.terminate("worker")
    system.environment["REPLYCLOCK_MEMBER_ID"] = member_id
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
    if member_id:
        assert asyncio.run(_group(system.stack.broker)).has(member_id)

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
