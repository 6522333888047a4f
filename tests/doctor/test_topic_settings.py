"""Topics' settings, and what the doctor says of them."""

import pytest

from stream.doctor.check import Mark, ok, skip
from stream.doctor.topic_settings import judge_topic_settings
from stream.kafka.topic_policy import TopicPolicy

WEEK = 7 * 24 * 3600 * 1000
STREAM = {
    "cleanup.policy": "delete",
    "retention.ms": str(WEEK),
    "min.insync.replicas": "1",
}
EVENTS, CHANGELOG = "conversations.events", "replyclock-worker-conversations-changelog"
GOOD = {
    EVENTS: STREAM,
    "sla.facts": STREAM,
    "sla.dead-letters": STREAM,
    CHANGELOG: STREAM | {"cleanup.policy": "compact"},
}
SAFE = TopicPolicy(replication=3, min_insync=2)

# topic, its setting, copies, policy -> mark, part of the line, end of the command
CASES = {
    "a changelog that is deleted": (
        (CHANGELOG, {"cleanup.policy": "delete"}, 1, TopicPolicy()),
        (Mark.FAIL, "what is known is forgotten", "cleanup.policy=compact"),
    ),
    "a changelog that is compacted and deleted": (
        (CHANGELOG, {"cleanup.policy": "compact,delete"}, 1, TopicPolicy()),
        (Mark.FAIL, "what is known is forgotten", "cleanup.policy=compact"),
    ),
    "events that are compacted": (
        (EVENTS, {"cleanup.policy": "compact"}, 1, TopicPolicy()),
        (Mark.FAIL, "only the last", "cleanup.policy=delete"),
    ),
    "events that are kept for a day": (
        (EVENTS, {"retention.ms": "86400000"}, 1, TopicPolicy()),
        (Mark.WARN, "kept for 1 day:", f"retention.ms={WEEK}"),
    ),
    "events that are kept a millisecond too short": (
        (EVENTS, {"retention.ms": str(WEEK - 1)}, 1, TopicPolicy()),
        (Mark.WARN, "less than the longest outage", f"retention.ms={WEEK}"),
    ),
    "one copy must have it where two should": (
        (EVENTS, {"min.insync.replicas": "1"}, 3, SAFE),
        (Mark.WARN, "=1, 2 are set for new topics", "min.insync.replicas=2"),
    ),
    "all copies must have it": (
        (EVENTS, {"min.insync.replicas": "3"}, 3, SAFE),
        (Mark.WARN, "each broker's restart stops us", "min.insync.replicas=2"),
    ),
    "more must have it than there are": (
        (EVENTS, {"min.insync.replicas": "2"}, 1, TopicPolicy()),
        (Mark.FAIL, "nothing is taken", "min.insync.replicas=1"),
    ),
}


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES.keys())
def test_a_setting_that_loses_something(wanted, commands, given, expected):
    """The line names the topic and the setting, and the command changes just that."""
    name, changed, copies, policy = given
    mark, said, end = expected
    settled = {n: c | {"min.insync.replicas": "2"} for n, c in GOOD.items()}
    base = settled if copies > 1 else GOOD
    configs = base | {name: {**base[name], **changed}}

    (finding,) = judge_topic_settings(
        wanted, configs, dict.fromkeys(GOOD, copies), policy, commands
    )

    assert finding.mark is mark
    assert finding.found.startswith(f"{name}: ")
    assert said in finding.found
    assert finding.remedy == (
        (
            "kafka-configs.sh --bootstrap-server kafka:9093 --command-config"
            f" admin.properties --alter --entity-type topics --entity-name {name}"
            f" --add-config {end}"
        ),
    )


@pytest.mark.parametrize(
    ("kept", "said"), [(str(WEEK), "for 7 days"), ("-1", "for ever")]
)
def test_good_settings_are_one_line(wanted, commands, kept, said):
    """A week is enough, and for ever is longer."""
    configs = GOOD | {EVENTS: STREAM | {"retention.ms": kept}}
    copies = dict.fromkeys(GOOD, 1)

    assert judge_topic_settings(wanted, configs, copies, TopicPolicy(), commands) == [
        ok(
            "topic settings",
            f"events kept {said}, min.insync.replicas=1, changelog compacted",
        )
    ]


def test_who_may_not_read_settings_is_told_the_right_for_it(wanted, commands):
    """That is no fault: no process needs it."""
    (finding,) = judge_topic_settings(
        wanted, {EVENTS: None}, {EVENTS: 1}, TopicPolicy(), commands
    )

    assert finding.mark is Mark.SKIP
    assert finding.remedy[1].endswith(
        f"User:worker --operation DescribeConfigs --topic {EVENTS}"
    )


def test_without_topics_there_is_nothing_to_say(wanted, commands):
    """Missing topics are another line's matter."""
    assert judge_topic_settings(wanted, {}, {}, TopicPolicy(), commands) == [
        skip("topic settings", "no topics yet")
    ]
