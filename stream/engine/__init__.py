"""Faust, corrected and batched: the only code that touches its private names.

In: batches of a topic, handlers. Out: tables restored, writes acknowledged, commits.
May import: kafka.
Must never know: Redis, HTTP, Slack, Prometheus.
"""

from stream.engine.app import BatchHandler, EngineApp, Partitions
from stream.engine.changelog import BatchWriter, StateTable
from stream.engine.guard import EngineError
from stream.engine.readiness import readiness_of
from stream.engine.store import PartitionStore
from stream.engine.topics import ensure_topics, wait_for_broker
from stream.engine.worker import run_worker

__all__ = [
    "BatchHandler",
    "BatchWriter",
    "EngineApp",
    "EngineError",
    "PartitionStore",
    "Partitions",
    "StateTable",
    "ensure_topics",
    "readiness_of",
    "run_worker",
    "wait_for_broker",
]
