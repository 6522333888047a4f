"""A small installation, as the judgements see it."""

import pytest

from stream.doctor.commands import Commands
from stream.doctor.wanted import WantedTopic, wanted_topics
from stream.kafka.access import KafkaAccess
from stream.process.settings import Settings


@pytest.fixture
def wanted() -> tuple[WantedTopic, ...]:
    return wanted_topics(Settings(partitions=2))


@pytest.fixture
def commands() -> Commands:
    access = KafkaAccess(
        bootstrap="kafka:9093",
        protocol="SASL_SSL",
        username="worker",
        password="hush-9931",
    )
    return Commands(access)
