"""A third side: a Quix Streams program as its documentation says, with our rules.

    .dev/bench-venv/bin/python -m bench.quix_streams

Same rules, codecs, partitions, acknowledgements and commit interval as our worker. It
has no timers, no metrics and no dead letters, which our worker pays for. What is set,
and the page of Quix Streams' documentation (its `docs` folder) that says so:

- `commit_interval`, `consumer_poll_timeout`, `loglevel`, `state_dir`, and librdkafka's
  own settings in `producer_extra_config`: `configuration.md`;
- the state as bytes, with our codec and not JSON twice, and its changelog, which is
  on by default: `advanced/stateful-processing.md`;
- topics of bytes: `advanced/serialization.md`;
- several facts of one event by `expand=True`: `processing.md`.

State is written to RocksDB and the changelog at each commit, the last one of a key
only; facts carry the time of their event. RocksDB's own settings are left alone.
"""

import tempfile
from typing import Any

from quixstreams import Application, State, message_context

from bench.sides import QUIX_READY
from stream.config import load_config
from stream.process.settings import read_settings
from stream.records import decode_event, encode_fact
from stream.sla.conversation import apply
from stream.worker.table import decode_state, encode_state

_SLOT = "conversation"
"""Quix keeps a small store for each key of the topic; ours has one value."""

settings = read_settings()
rules = load_config(settings.config).rules()


class _Telling(Application):  # type: ignore[misc]  # not installed where mypy runs
    """Says when it has its partitions: Quix has neither a callback nor a log line.

    Their changelogs are empty in a bench, so there is nothing to recover after it.
    """

    def _on_assign(self, consumer: Any, partitions: list[Any]) -> None:
        super()._on_assign(consumer, partitions)
        print(QUIX_READY, flush=True)


def track(
    value: bytes, _key: bytes, timestamp: int, _headers: Any, state: State
) -> list[bytes]:
    """One event at a time; the facts it tells, encoded."""
    event = decode_event(value)
    data = state.get_bytes(_SLOT)
    stored = None if data is None else decode_state(data)
    offset = message_context().offset
    if stored is not None and offset <= stored.offset:
        return []
    before = None if stored is None else stored.conversation
    after, told, _ = apply(event.conversation_id, before, event, rules, timestamp)
    state.set_bytes(_SLOT, encode_state(offset, after))
    return [encode_fact(fact) for fact in told]


def run(state_folder: str) -> None:
    """Until SIGTERM, which Quix answers with a last commit."""
    app = _Telling(
        broker_address=settings.broker,
        consumer_group=settings.topic("quix-streams"),
        auto_offset_reset="earliest",
        commit_interval=0.5,
        # By default an idle program commits up to a second late.
        consumer_poll_timeout=0.1,
        loglevel="WARNING",
        # Facts need murmur2 as well: Quix sets it, librdkafka would take another.
        producer_extra_config={
            "acks": "all",
            "batch.size": 256 * 1024,
            "linger.ms": 5,
            "partitioner": "murmur2",
        },
        state_dir=state_folder,
    )
    events = app.topic(settings.events_topic, value_deserializer="bytes")
    facts = app.topic(settings.facts_topic, value_serializer="bytes")
    told = app.dataframe(events).apply(track, stateful=True, expand=True, metadata=True)
    told.to_topic(facts)
    app.run()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="replyclock-bench-quix-") as folder:
        run(folder)
