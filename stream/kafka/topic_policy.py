"""How topics are made."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicPolicy:
    """How safe topics are made, and whether we make them."""

    replication: int = 1
    min_insync: int = 1
    """Copies that must have a record before it counts as written."""
    create: bool = True
