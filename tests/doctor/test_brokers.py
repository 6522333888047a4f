"""Brokers that answer, do not, or refuse; and who we are to them."""

from dataclasses import replace

import pytest

from stream.doctor.brokers import judge_brokers, judge_reach
from stream.doctor.check import Mark, fail, ok
from stream.doctor.commands import Commands
from stream.kafka.access import KafkaAccess
from stream.kafka.probe import KafkaRefusedError, KafkaUnreachableError
from stream.kafka.topic_policy import TopicPolicy

OPEN = KafkaAccess(bootstrap="one:9092, two:9093")
AWAY = KafkaUnreachableError("kafka:29092 Name or service not known")


def test_a_way_in_that_works_says_how():
    """The protocol, and the mechanism only where there is a password."""
    sasl = KafkaAccess(bootstrap="k:1", protocol="SASL_SSL", username="u", password="p")

    assert judge_reach(OPEN, None) == ok(
        "kafka", "one:9092, two:9093 lets us in (PLAINTEXT)"
    )
    assert judge_reach(sasl, None).found == "k:1 lets us in (SASL_SSL, SCRAM-SHA-512)"


@pytest.mark.parametrize(
    ("bootstrap", "command"),
    [
        ("one:9093, two:1", "nc -vz one 9093"),
        ("kafka", "nc -vz kafka 9092"),
    ],
)
def test_nobody_there(bootstrap, command):
    """No connection is told apart from a refusal, with a command to try it."""
    finding = judge_reach(replace(OPEN, bootstrap=bootstrap), AWAY)

    assert finding.found.startswith("no connection: ")
    assert finding.remedy[-1] == command


def test_a_refusal_names_the_setting():
    """What happened stands in the line, what to change below it."""
    refused = KafkaRefusedError("kafka at k:1 cannot be used: no TLS; see X_PROTOCOL")

    assert judge_reach(OPEN, refused) == fail(
        "kafka", "kafka at k:1 cannot be used: no TLS", "see X_PROTOCOL"
    )


THREE = {"a:1": None, "b:1": None, "c:1": None}
CASES = {
    "all answer": (THREE, 3, [(Mark.OK, "3 of 3 answer: a:1, b:1, c:1")]),
    "one announces what works only inside": (
        THREE | {"c:1": AWAY},
        3,
        [(Mark.FAIL, "kafka:29092 Name or service not known")],
    ),
    "too few for the copies": (
        {"a:1": None},
        3,
        [(Mark.FAIL, "1 of the 3 that copies need")],
    ),
    "none is known": ({}, 1, [(Mark.FAIL, "Kafka knows of none: it is starting, or")]),
}


@pytest.mark.parametrize(
    ("answers", "replication", "expected"), CASES.values(), ids=CASES.keys()
)
def test_brokers_where_they_say_they_are(answers, replication, expected):
    """Clients use what brokers announce, whatever the settings say."""
    findings = judge_brokers(answers, TopicPolicy(replication=replication))

    assert [f.mark for f in findings] == [mark for mark, _ in expected]
    for finding, (_, said) in zip(findings, expected, strict=True):
        assert finding.found.startswith(said)


@pytest.mark.parametrize(
    ("changes", "principal"),
    [
        ({}, "User:ANONYMOUS"),
        ({"protocol": "SSL"}, "User:ANONYMOUS"),
        (
            {"protocol": "SSL", "cert_file": "/run/us.pem"},
            (
                '"User:$(openssl x509 -in /run/us.pem -noout -subject'
                ' -nameopt RFC2253 | cut -d = -f 2-)"'
            ),
        ),
        ({"protocol": "SASL_SSL", "username": "worker"}, "User:worker"),
        ({"protocol": "SASL_SSL", "username": "a b;c"}, "'User:a b;c'"),
    ],
)
def test_who_we_are_to_the_brokers(changes, principal):
    """As `kafka-acls.sh` wants it, safe to paste into a shell."""
    assert Commands(replace(OPEN, **changes)).principal == principal
