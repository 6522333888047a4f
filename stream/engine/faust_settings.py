"""Faust's settings, the same for every application of ours."""

from typing import Any

from yarl import URL

from stream.engine.changelog import BATCH_BYTES
from stream.engine.credentials import credentials_for
from stream.engine.recovery import BatchTables
from stream.kafka.access import KafkaAccess
from stream.kafka.membership import HEARTBEAT_S, Membership


def faust_settings(
    access: KafkaAccess, partitions: int, membership: Membership
) -> dict[str, Any]:
    """What `faust.App` takes."""
    servers = access.bootstrap.split(",")
    return {
        "broker": [URL(f"aiokafka://{server.strip()}") for server in servers],
        "broker_credentials": credentials_for(access),
        "store": "memory://",
        "TableManager": BatchTables,
        "autodiscover": False,
        "broker_commit_interval": 0.5,  # bounds what a crash repeats
        "broker_heartbeat_interval": HEARTBEAT_S,
        "broker_max_poll_records": 2000,  # bounds a batch
        "broker_rebalance_timeout": membership.rebalance_timeout,
        # Joining is answered when the rebalance is over.
        "broker_request_timeout": membership.rebalance_timeout,
        "broker_session_timeout": membership.session_timeout,
        "consumer_auto_offset_reset": "earliest",
        # Behind `ConsumerThread`, which asks each second for what is missing.
        "consumer_metadata_max_age_ms": 30_000,
        "consumer_group_instance_id": membership.member_id or None,
        "cython_optimizations": True,
        "producer_acks": -1,
        "producer_linger": 0.005,
        "producer_max_batch_size": BATCH_BYTES,
        "producer_request_timeout": 30.0,
        "stream_buffer_maxsize": 16,  # batches, not records
        "stream_wait_empty": True,
        "table_standby_replicas": 0,  # useless with a store in memory
        "topic_allow_declare": False,  # `ensure_topics` did, and knew the policy
        "topic_disable_leader": True,
        "topic_partitions": partitions,
        "web_enabled": False,
        "web_host": "localhost",  # in every member's metadata; must not change
        "web_tables_enabled": False,
        "web_router_enabled": False,
    }
