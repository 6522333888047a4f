"""The topics that an installation has, and what its worker does with each."""

from dataclasses import dataclass

from stream.engine.topic import ChangelogSpec, TableSpec, TopicSpec
from stream.process.settings import Settings


@dataclass(frozen=True, slots=True)
class WantedTopic:
    spec: TopicSpec
    rights: tuple[str, ...]
    """The operations of the worker's user (docs/kafka.md)."""


def wanted_topics(settings: Settings) -> tuple[WantedTopic, ...]:
    count = settings.partitions
    return (
        WantedTopic(TopicSpec(settings.events_topic, count), ("Read", "Write")),
        WantedTopic(TopicSpec(settings.facts_topic, count), ("Write",)),
        WantedTopic(TopicSpec(settings.dead_letters_topic, count), ("Write",)),
        WantedTopic(TableSpec(settings.aliases_topic, count), ("Describe",)),
        WantedTopic(ChangelogSpec(settings.changelog_topic, count), ("Read", "Write")),
    )
