"""What the engine leans on that Faust never promised, checked before the start.

Every private name of Faust, mode and aiokafka that `stream.engine` reads, calls
or overrides is listed here, and nowhere else in the project is one used. A
release that moves one of them must stop the start, not the first rebalance.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from inspect import get_annotations

from stream.kafka.refusal import RefusedStartError

_VERSIONS = {
    "faust-streaming": "0.15.3",
    "mode-streaming": "0.7.1",
    "aiokafka": "0.14.",  # a trailing dot: any patch of this minor
}

PRIVATE_NAMES = {
    "faust.app.base:App": (
        "_create_directories",
        "_fetcher",
        "_new_producer_transport",
        "_new_transport",
        "consumer_generation_id",
        "in_recovery",
        "on_rebalance_end",
        "unassigned",
    ),
    "faust.tables.base:Collection": ("_changelog_topic_name",),
    "faust.tables.manager:TableManager": ("_recovery", "recovery"),
    "faust.tables.recovery:Recovery": (
        "_active_events_received_at",
        "_resume_streams",
        "_seek_offsets",
        "_is_changelog_tp",
        "_set_recovery_ended",
        "_slurp_changelogs",
        "_wait",
        "active_highwaters",
        "active_offsets",
        "active_tps",
        "completed",
        "need_recovery",
        "on_rebalance",
        "on_recovery_completed",
        "signal_recovery_end",
        "tp_to_table",
    ),
    "faust.tables.recovery:ServiceStopped": (),
    "faust.transport.consumer:Consumer": (
        "_acked",
        "_acked_index",
        "_active_partitions",
        "_add_gap",
        "_buffered_partitions",
        "_committed_offset",
        "_gap",
        "_get_active_partitions",
        "_is_changelog_tp",
        "_new_offset",
        "_on_partitions_revoked",
        "_paused_partitions",
        "_read_offset",
        "can_resume_flow",
        "flow_active",
        "getmany",
        "on_buffer_drop",
        "on_partitions_revoked",
        "perform_seek",
        "wait_empty",
    ),
    "faust.transport.consumer:ThreadDelegateConsumer": (
        "_commit",
        "_getmany",
        "_new_consumer_thread",
        "_thread",
    ),
    "faust.transport.drivers.aiokafka:AIOKafkaConsumerThread": (
        "_consumer",
        "_create_worker_consumer",
        "_ensure_consumer",
        "call_thread",
        "verify_event_path",
    ),
    "faust.transport.drivers.aiokafka:Producer": ("_ensure_producer", "_new_producer"),
    "mode.threads:ServiceThread": ("__init__",),
    "aiokafka.client:AIOKafkaClient": ("_get_conn", "send"),
    "aiokafka.conn:AIOKafkaConnection": ("_writer", "send"),
    "aiokafka.consumer.consumer:AIOKafkaConsumer": (
        "_client",
        "_coordinator",
        "_fetch_max_wait_ms",
        "_isolation_level",
    ),
    "aiokafka.consumer.group_coordinator:GroupCoordinator": ("request_rejoin",),
    "aiokafka.protocol.group:JoinGroupRequest": ("_member_id",),
    "aiokafka.protocol.offset:OffsetRequest": ("_isolation_level",),
    "aiokafka.producer.producer:AIOKafkaProducer": ("create_batch", "send_batch"),
}


class EngineError(RefusedStartError):
    """The engine cannot do its job; the text says in one line what to change."""


def check_engine(versions: Mapping[str, str] = _VERSIONS) -> None:
    """Refuse to start on another Faust than the one the engine was written for."""
    for package, wanted in versions.items():
        try:
            found = version(package)
        except PackageNotFoundError:
            found = "none"
        if found != wanted and not (wanted.endswith(".") and found.startswith(wanted)):
            expected = wanted + "x" if wanted.endswith(".") else wanted
            raise EngineError(
                f"the engine needs {package} {expected}, found {found}: "
                "install requirements.lock"
            )
    missing = list(missing_names(PRIVATE_NAMES))
    if missing:
        raise EngineError(
            "this build of Faust lacks what the engine uses: " + ", ".join(missing)
        )
    if import_module("faust.streams")._CStreamIterator is None:  # noqa: SLF001 - checked, not used
        # Pure-Python streams acknowledge what they skip during a rebalance.
        raise EngineError(
            "Faust is not compiled here (no Cython wheel, or NO_CYTHON is set): "
            "install faust-streaming from its wheel"
        )


def missing_names(wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """Those of `{"module:Class": (name, ...)}` that do not exist."""
    missing = []
    for place, names in wanted.items():
        module, _, cls = place.partition(":")
        found = getattr(import_module(module), cls, None)
        if found is None:
            missing.append(place)
            continue
        declared = {name for base in found.__mro__ for name in _declared(base)}
        missing += [f"{place}.{name}" for name in names if name not in declared]
    return missing


def _declared(cls: type) -> set[str]:
    # Attributes that only `__init__` sets are known by it or by their annotation.
    code = getattr(vars(cls).get("__init__"), "__code__", None)
    return {*vars(cls), *get_annotations(cls), *(code.co_names if code else ())}
