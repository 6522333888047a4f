"""Is each conversation in the partition that murmur2 gives its key? Pure.

A conversation in two partitions has two clocks, and neither sees all replies. Who
put it there can often be told: librdkafka's default hash is CRC-32, and a topic that
was given more partitions moved every key but not its records.
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stream.doctor.check import Finding, fail, ok
from stream.kafka.partitions import partition_of

NAME = "keys"
_EXAMPLES = 3
_PSEUDONYM = re.compile(r"[a-z]+:[\w.@-]+:[0-9a-f]{20}", re.ASCII)
"""Our own conversation ids; another producer's may hold a phone number."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is; enough to find it again."""

    key: bytes | None
    partition: int
    offset: int


def judge_placement(
    topic: str, places: Sequence[Place], partitions: int
) -> list[Finding]:
    """Of a sample, the newest records of the topic."""
    if not places:
        return [ok(NAME, f"no records in {topic} yet")]
    keyless = [place for place in places if not place.key]
    right: dict[bytes, int] = {}
    for place in places:
        if place.key and place.key not in right:
            right[place.key] = partition_of(place.key, partitions)
    wrong = [p for p in places if p.key and right[p.key] != p.partition]
    findings = []
    if keyless:
        found = f"{len(keyless)} of {len(places):,} records have no key"
        mend = "the key of every record must be its conversation_id"
        findings.append(fail(NAME, f"{found}: {_examples(keyless)}", mend))
    if wrong:
        findings.append(
            fail(
                NAME,
                f"{len(wrong):,} of {len(places):,} records are in a partition that"
                f" murmur2 does not give: {_examples(wrong)}",
                *_causes(wrong, partitions),
            )
        )
    said = f"{len(right):,} conversations in {len(places):,} records, each in its place"
    return findings or [ok(NAME, said)]


def _causes(wrong: Sequence[Place], partitions: int) -> list[str]:
    keys: Mapping[bytes, int] = {p.key: p.partition for p in wrong if p.key}
    if all(zlib.crc32(key) % partitions == at for key, at in keys.items()):
        return [
            "the producer hashes with CRC-32, librdkafka's default; in its settings:",
            "partitioner=murmur2_random",
        ]
    for before in range(1, partitions):
        if all(partition_of(key, before) == at for key, at in keys.items()):
            return [
                f"as if the topic had {before} partitions: it was given more, or the",
                "producer counts wrong; records from before that are read in two parts",
            ]
    return [
        "every producer must use Kafka's murmur2 partitioner and name no partition",
        "(Java: the default; librdkafka: partitioner=murmur2_random)",
    ]


def _examples(places: Sequence[Place]) -> str:
    """Some of them, each conversation once."""
    once = {place.key: place for place in reversed(places)}
    shown = [_example(place) for place in list(once.values())[:_EXAMPLES]]
    return "; ".join([*shown, "…"] if len(once) > _EXAMPLES else shown)


def _example(place: Place) -> str:
    text = (place.key or b"").decode("utf-8", "replace")
    name = f"{text}, " if _PSEUDONYM.fullmatch(text) else ""
    return f"{name}partition {place.partition} offset {place.offset}"
