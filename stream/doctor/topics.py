"""Are the topics there, with the same partitions and enough copies? Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from stream.doctor.check import Finding, fail, ok, warn
from stream.doctor.commands import Commands
from stream.doctor.wanted import WantedTopic
from stream.kafka.topic_policy import TopicPolicy

HIDDEN = 29
"""Kafka's code: this user may not see the topic, whether or not it exists."""
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Partition:
    number: int
    leader: int
    """A broker's id, or -1."""
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """As Kafka tells of it; without partitions it is missing, or hidden."""

    partitions: tuple[Partition, ...] = ()
    error: int = 0


def judge_topics(
    wanted: Sequence[WantedTopic],
    found: Mapping[str, Topic],
    policy: TopicPolicy,
    commands: Commands,
    brokers: Sequence[int] = (),
) -> list[Finding]:
    """Presence, counts, leaders and copies; one line when all is well.

    `brokers`: the ids of those that run.
    """
    there = {name: topic for name, topic in found.items() if topic.partitions}
    findings = [
        *_hidden(wanted, found, commands),
        *_counts(wanted, there, policy, commands),
        *_missing(wanted, found, policy, commands),
        *_leaderless(there),
        *_copies(there, policy, commands, brokers),
    ]
    if findings:
        return findings
    count = wanted[0].spec.partitions
    copies = min(len(p.replicas) for t in there.values() for p in t.partitions)
    said = f"{len(there)} topics, {count} partitions each, copies: {copies}"
    return [ok("topics", said)]


def _hidden(
    wanted: Sequence[WantedTopic], found: Mapping[str, Topic], commands: Commands
) -> Iterator[Finding]:
    hidden = [w for w in wanted if found[w.spec.name].error == HIDDEN]
    if hidden:
        yield fail(
            "rights",
            f"this user may not see {_names(w.spec.name for w in hidden)}",
            "if it is the worker's user, an administrator gives it:",
            *(commands.allow("topic", w.spec.name, w.rights) for w in hidden),
        )


def _missing(
    wanted: Sequence[WantedTopic],
    found: Mapping[str, Topic],
    policy: TopicPolicy,
    commands: Commands,
) -> Iterator[Finding]:
    missing = [
        w.spec
        for w in wanted
        if not found[w.spec.name].partitions and found[w.spec.name].error != HIDDEN
    ]
    if not missing:
        return
    said = f"missing: {_names(spec.name for spec in missing)}"
    # Beside topics that agree on another number, new ones must have that number.
    agreed = _agreed({n: t for n, t in found.items() if t.partitions})
    specs = [replace(s, partitions=agreed or s.partitions) for s in missing]
    create = [s.command_under(policy, commands.access.bootstrap) for s in specs]
    if policy.create:
        yield warn(
            "topics",
            said,
            "replyclock worker creates them when it starts; or an administrator:",
            *create,
        )
    else:
        why = "REPLYCLOCK_CREATE_TOPICS is false: an administrator creates them:"
        yield fail("topics", said, why, *create)


def _counts(
    wanted: Sequence[WantedTopic],
    there: Mapping[str, Topic],
    policy: TopicPolicy,
    commands: Commands,
) -> Iterator[Finding]:
    differ = [
        w.spec
        for w in wanted
        if w.spec.name in there
        and len(there[w.spec.name].partitions) != w.spec.partitions
    ]
    if not differ:
        return
    count = differ[0].partitions
    agreed = _agreed(there)
    if agreed:
        said = f"all topics have {agreed}, REPLYCLOCK_PARTITIONS is {count}"
        mend = f"for every process: REPLYCLOCK_PARTITIONS={agreed}"
        yield fail("partitions", said, mend)
        return
    bootstrap = commands.access.bootstrap
    said = ", ".join(f"{s.name} has {len(there[s.name].partitions)}" for s in differ)
    yield fail(
        "partitions",
        f"{said}; REPLYCLOCK_PARTITIONS is {count} and other topics have that",
        "a conversation must have one number in all topics; stop all processes, and",
        "make them anew (what they hold is lost), or choose another TOPIC_PREFIX:",
        *(
            line
            for spec in differ
            for line in (
                commands.delete(spec.name),
                spec.command_under(policy, bootstrap),
            )
        ),
    )


def _agreed(there: Mapping[str, Topic]) -> int:
    """The number of partitions that all topics have; 0 when they differ."""
    counts = {len(topic.partitions) for topic in there.values()}
    return counts.pop() if len(counts) == 1 else 0


def _leaderless(there: Mapping[str, Topic]) -> Iterator[Finding]:
    without = [
        f"{name}-{partition.number}"
        for name, topic in there.items()
        for partition in topic.partitions
        if partition.leader == _NOBODY
    ]
    if without:
        yield fail(
            "copies",
            f"without a leader: {_names(without)}",
            "a broker that has them is down: start it, see kafka brokers",
        )


def _copies(
    there: Mapping[str, Topic],
    policy: TopicPolicy,
    commands: Commands,
    brokers: Sequence[int],
) -> Iterator[Finding]:
    behind = [
        f"{name}-{partition.number}"
        for name, topic in there.items()
        for partition in topic.partitions
        if len(partition.in_sync) < len(partition.replicas)
    ]
    if behind:
        said = f"copies that are not in sync: {_names(behind)}"
        yield warn("copies", said, "a broker is down or slow: see kafka brokers")
    few = {
        name: topic
        for name, topic in there.items()
        if min(len(p.replicas) for p in topic.partitions) < policy.replication
    }
    if few:
        said = f"fewer than REPLYCLOCK_REPLICATION={policy.replication}: {_names(few)}"
        yield warn("copies", said, *_more(few, policy, commands, brokers))


def _more(
    few: Mapping[str, Topic],
    policy: TopicPolicy,
    commands: Commands,
    brokers: Sequence[int],
) -> list[str]:
    if len(brokers) < policy.replication:
        return ["first more brokers: see kafka brokers"]
    plan = {"version": 1, "partitions": _spread(few, policy.replication, brokers)}
    text = json.dumps(plan, separators=(",", ":"))
    return [f"echo '{text}' > copies.json", commands.reassign("copies.json")]


def _spread(
    few: Mapping[str, Topic], replication: int, brokers: Sequence[int]
) -> list[dict[str, object]]:
    """Each partition's copies stay where they are; new ones go to the next brokers."""
    plan: list[dict[str, object]] = []
    for name, topic in few.items():
        for each in topic.partitions:
            turn = each.number % max(len(brokers), 1)
            others = [
                b for b in [*brokers[turn:], *brokers[:turn]] if b not in each.replicas
            ]
            replicas = [*each.replicas, *others][:replication]
            plan.append({"topic": name, "partition": each.number, "replicas": replicas})
    return plan


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
