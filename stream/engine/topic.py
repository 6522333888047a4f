"""A topic as it must be, and the command that makes it so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stream.kafka.topic_policy import TopicPolicy

# A changelog is read whole at every start, so it is kept short: small segments
# that close soon, compacted as soon as a tenth is outdated.
_CHANGELOG = {
    "cleanup.policy": "compact",
    "segment.ms": "600000",
    "segment.bytes": str(64 * 1024 * 1024),
    "min.cleanable.dirty.ratio": "0.1",
    "delete.retention.ms": "3600000",
}
# Said and not left to the broker: as long as Kafka keeps a group's offsets.
_STREAM = {"cleanup.policy": "delete", "retention.ms": str(7 * 24 * 3600 * 1000)}


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it must be created."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=lambda: dict(_STREAM))

    def config_under(self, policy: TopicPolicy) -> dict[str, str]:
        """All of its settings."""
        return {**self.config, "min.insync.replicas": str(policy.min_insync)}

    def command_under(self, policy: TopicPolicy, bootstrap: str) -> str:
        """Kafka's own command that creates it; the file holds the way in."""
        config = self.config_under(policy).items()
        return " ".join(
            [
                f"kafka-topics.sh --bootstrap-server {bootstrap}",
                f"--command-config admin.properties --create --topic {self.name}",
                f"--partitions {self.partitions}",
                f"--replication-factor {policy.replication}",
                *(f"--config {name}={value}" for name, value in config),
            ]
        )


@dataclass(frozen=True, slots=True)
class TableSpec(TopicSpec):
    """A topic of which the last value of each key is kept for ever."""

    config: Mapping[str, str] = field(default_factory=lambda: dict(_CHANGELOG))


@dataclass(frozen=True, slots=True)
class ChangelogSpec(TableSpec):
    """The changelog topic of a state table."""
