"""Topics as Kafka tells of them, and what the doctor says of it."""

import json
import shlex

import pytest

from stream.doctor.check import Mark
from stream.doctor.topics import HIDDEN, Partition, Topic, judge_topics
from stream.doctor.wanted import wanted_topics
from stream.engine import EngineApp
from stream.kafka.topic_policy import TopicPolicy
from stream.process.settings import Settings

EVENTS, FACTS, DEAD, CHANGELOG = (
    "conversations.events",
    "sla.facts",
    "sla.dead-letters",
    "replyclock-worker-conversations-changelog",
)


def topic(
    count: int = 2,
    replicas: tuple[int, ...] = (1,),
    in_sync: tuple[int, ...] | None = None,
    leader: int = 1,
) -> Topic:
    synced = replicas if in_sync is None else in_sync
    return Topic(tuple(Partition(n, leader, replicas, synced) for n in range(count)))


ALIASES = "conversations.aliases"
ALL = dict.fromkeys((EVENTS, FACTS, DEAD, ALIASES, CHANGELOG), topic())
GONE = Topic(error=3)
ONE = TopicPolicy()
BY_HAND = TopicPolicy(create=False)

CASES = {
    "all are there": (ALL, ONE, [(Mark.OK, "topics", "5 topics, 2 partitions each")]),
    "one is missing, and the worker makes it": (
        ALL | {FACTS: GONE},
        ONE,
        [(Mark.WARN, "topics", "missing: sla.facts")],
    ),
    "one is missing, and nobody makes it": (
        ALL | {FACTS: GONE},
        BY_HAND,
        [(Mark.FAIL, "topics", "missing: sla.facts")],
    ),
    "one is hidden: that is not missing": (
        ALL | {FACTS: Topic(error=HIDDEN)},
        BY_HAND,
        [(Mark.FAIL, "rights", "this user may not see sla.facts")],
    ),
    "all have another number": (
        dict.fromkeys(ALL, topic(8)),
        ONE,
        [(Mark.FAIL, "partitions", "all topics have 8, REPLYCLOCK_PARTITIONS is 2")],
    ),
    "one has another number": (
        ALL | {CHANGELOG: topic(3)},
        ONE,
        [(Mark.FAIL, "partitions", f"{CHANGELOG} has 3; REPLYCLOCK_PARTITIONS is 2")],
    ),
    "one has no leader": (
        ALL | {EVENTS: topic(1 + 1, leader=-1)},
        ONE,
        [(Mark.FAIL, "copies", f"without a leader: {EVENTS}-0, {EVENTS}-1")],
    ),
    "a copy is behind": (
        dict.fromkeys(ALL, topic(replicas=(1, 2))) | {DEAD: topic(2, (1, 2), (1,))},
        TopicPolicy(replication=2),
        [(Mark.WARN, "copies", f"copies that are not in sync: {DEAD}-0, {DEAD}-1")],
    ),
    "fewer copies than set": (
        ALL,
        TopicPolicy(replication=3),
        [(Mark.WARN, "copies", f"fewer than REPLYCLOCK_REPLICATION=3: {EVENTS}, ")],
    ),
}


@pytest.mark.parametrize(
    ("found", "policy", "expected"), CASES.values(), ids=CASES.keys()
)
def test_judgement(wanted, commands, found, policy, expected):
    """Each state of the topics gives its lines, and a fault says what to do."""
    findings = judge_topics(wanted, found, policy, commands, [1, 2, 3])

    assert [(f.mark, f.name) for f in findings] == [each[:2] for each in expected]
    for finding, (_, _, said) in zip(findings, expected, strict=True):
        assert finding.found.startswith(said)
        assert bool(finding.remedy) == (finding.mark is not Mark.OK)


def test_the_command_makes_the_missing_topic(wanted, commands):
    """It has the partitions, copies and settings that the worker would give it."""
    policy = TopicPolicy(replication=3, min_insync=2, create=False)
    full = dict.fromkeys(ALL, topic(replicas=(1, 2, 3))) | {CHANGELOG: GONE}

    (finding,) = judge_topics(wanted, full, policy, commands)

    assert finding.remedy[1:] == (
        (
            "kafka-topics.sh --bootstrap-server kafka:9093 --command-config"
            f" admin.properties --create --topic {CHANGELOG} --partitions 2"
            " --replication-factor 3 --config cleanup.policy=compact"
            " --config segment.ms=600000 --config segment.bytes=67108864"
            " --config min.cleanable.dirty.ratio=0.1"
            " --config delete.retention.ms=3600000"
            " --config min.insync.replicas=2"
        ),
    )


def test_a_missing_topic_gets_the_number_of_the_others(wanted, commands):
    """Beside topics of 8 a new one of 2 would only be the next fault."""
    found = dict.fromkeys(ALL, topic(8)) | {FACTS: GONE}

    counts, missing = judge_topics(wanted, found, BY_HAND, commands)

    assert counts.remedy == ("for every process: REPLYCLOCK_PARTITIONS=8",)
    assert "--topic sla.facts --partitions 8 " in missing.remedy[1]


def test_hidden_topics_get_the_rights_of_the_worker(wanted, commands):
    """One command a topic, with what docs/kafka.md lists for the worker."""
    (finding,) = judge_topics(
        wanted, dict.fromkeys(ALL, Topic(error=HIDDEN)), BY_HAND, commands
    )
    start = (
        "kafka-acls.sh --bootstrap-server kafka:9093 --command-config"
        " admin.properties --add --allow-principal User:worker "
    )

    assert finding.remedy[1:] == (
        f"{start}--operation Read --operation Write --topic {EVENTS}",
        f"{start}--operation Write --topic {FACTS}",
        f"{start}--operation Write --topic {DEAD}",
        f"{start}--operation Describe --topic {ALIASES}",
        f"{start}--operation Read --operation Write --topic {CHANGELOG}",
    )


def test_new_copies_go_to_other_brokers(wanted, commands):
    """The plan is Kafka's own format; the copy that leads stays first."""
    policy = TopicPolicy(replication=2, min_insync=1)
    found = dict.fromkeys(ALL, topic(replicas=(1, 2))) | {EVENTS: topic()}

    (finding,) = judge_topics(wanted, found, policy, commands, [1, 2, 3])
    echo, text, *_ = shlex.split(finding.remedy[0])

    assert (echo, json.loads(text)) == (
        "echo",
        {
            "version": 1,
            "partitions": [
                {"topic": EVENTS, "partition": 0, "replicas": [1, 2]},
                {"topic": EVENTS, "partition": 1, "replicas": [1, 2]},
            ],
        },
    )
    assert finding.remedy[1].endswith("--reassignment-json-file copies.json --execute")


def test_without_brokers_there_is_no_plan(wanted, commands):
    """Three copies on two brokers cannot be."""
    (finding,) = judge_topics(wanted, ALL, TopicPolicy(replication=3), commands, [1, 2])

    assert finding.remedy == ("first more brokers: see kafka brokers",)


def test_the_doctor_wants_the_changelog_that_the_engine_makes():
    """Both know its name."""
    settings = Settings(topic_prefix="eu.", partitions=3)
    app = EngineApp(settings.worker_group, broker="127.0.0.1:1", partitions=3)
    app.state_table("conversations")

    *_, changelog = wanted_topics(settings)
    assert [changelog.spec] == app.changelogs()
