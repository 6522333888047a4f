"""Keys and partitions: who is in the wrong one, and why that may be."""

import zlib
from collections.abc import Callable

import pytest
from aiokafka.partitioner import DefaultPartitioner

from stream.doctor.check import Mark, ok
from stream.doctor.placement import Place, judge_placement

KEYS = [f"whatsapp:1065:{number:020x}".encode() for number in range(40)]
TOPIC = "conversations.events"


def java(key: bytes, partitions: int) -> int:
    """As every producer with Kafka's default partitioner, ours too."""
    return int(DefaultPartitioner()(key, list(range(partitions)), []))


def places(partition_of: Callable[[bytes], int]) -> list[Place]:
    return [Place(key, partition_of(key), at) for at, key in enumerate(KEYS)]


@pytest.mark.parametrize("partitions", [1, 3, 4, 12])
def test_keys_in_their_places_are_one_line(partitions):
    """Where Kafka's own partitioner puts them."""
    right = places(lambda key: java(key, partitions))

    assert judge_placement(TOPIC, right, partitions) == [
        ok("keys", "40 conversations in 40 records, each in its place")
    ]


def test_one_stray_record_is_named_by_its_place():
    """And by its conversation, which is a pseudonym."""
    key = KEYS[0]
    at = (java(key, 4) + 1) % 4
    stray = Place(key, at, 77)

    (finding,) = judge_placement(TOPIC, [*places(lambda k: java(k, 4)), stray], 4)

    assert finding.mark is Mark.FAIL
    assert finding.found == (
        "1 of 41 records are in a partition that murmur2 does not give:"
        f" {key.decode()}, partition {at} offset 77"
    )


def test_a_key_that_may_be_a_phone_number_is_not_shown():
    """Another producer's key can be anything; its place finds it."""
    key = b"whatsapp:1065:+36301234567"
    (finding,) = judge_placement(TOPIC, [Place(key, (java(key, 4) + 1) % 4, 5)], 4)

    assert "3630" not in str(finding)
    assert "offset 5" in finding.found


def test_crc32_is_librdkafkas_default():
    """Its own setting is named."""
    wrong = places(lambda key: zlib.crc32(key) % 4)
    (finding,) = judge_placement(TOPIC, wrong, 4)

    assert finding.remedy[-1] == "partitioner=murmur2_random"
    assert "CRC-32" in finding.remedy[0]


def test_a_topic_that_was_given_more_partitions_is_guessed():
    """Records of before are where the smaller number put them."""
    (finding,) = judge_placement(TOPIC, places(lambda key: java(key, 2)), 4)

    assert finding.remedy[0].startswith("as if the topic had 2 partitions")


def test_any_other_hash_gets_the_general_advice():
    """Neither CRC-32 nor another number of partitions."""
    wrong = places(lambda key: (java(key, 4) + 1) % 4)
    (finding,) = judge_placement(TOPIC, wrong, 4)

    assert "murmur2" in finding.remedy[0]
    assert finding.found.count("offset") == 3
    assert finding.found.endswith("; …")


def test_records_without_a_key_are_a_fault_of_their_own():
    """They are spread at random."""
    (finding,) = judge_placement(TOPIC, [Place(None, 1, 5), Place(b"", 2, 6)], 4)

    assert finding.mark is Mark.FAIL
    assert finding.found.startswith("2 of 2 records have no key")


def test_an_empty_topic_has_nothing_misplaced():
    """The first start."""
    assert judge_placement(TOPIC, [], 4) == [ok("keys", f"no records in {TOPIC} yet")]
