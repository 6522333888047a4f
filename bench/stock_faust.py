"""The other side: a Faust program as its documentation says, with our rules.

    python -m faust --loop uvloop -A bench.stock_faust worker -l info --without-web

Same rules, codecs, partitions, acknowledgements and commit interval as our worker;
one state write an event. Documented settings that speed it up are switched on. It has
no timers, no metrics and no dead letters, which our worker pays for.
"""

import tempfile

import faust
from faust.types import StreamT

from bench.sides import READY
from stream.config import load_config
from stream.process.settings import read_settings
from stream.records import decode_event, encode_fact
from stream.sla.conversation import apply
from stream.worker.table import decode_state, encode_state

settings = read_settings()
rules = load_config(settings.config).rules()
app = faust.App(
    settings.topic("stock-faust"),
    broker=f"aiokafka://{settings.broker}",
    store="memory://",
    datadir=f"{tempfile.gettempdir()}/replyclock-bench",
    autodiscover=False,
    broker_commit_interval=0.5,
    broker_max_poll_records=2000,
    consumer_auto_offset_reset="earliest",
    cython_optimizations=True,
    producer_acks=-1,
    producer_linger=0.02,
    producer_max_batch_size=256 * 1024,
    table_standby_replicas=0,
    topic_disable_leader=True,
    topic_partitions=settings.partitions,
    topic_replication_factor=1,
)
events = app.topic(
    settings.events_topic, key_type=bytes, value_type=bytes, value_serializer="raw"
)
facts = app.topic(
    settings.facts_topic, key_type=bytes, value_type=bytes, value_serializer="raw"
)
conversations = app.Table("conversations", key_type=bytes, value_type=bytes)


@app.agent(events)
async def track(stream: StreamT[bytes]) -> None:
    """One event at a time, as every Faust tutorial does it."""
    async for record in stream.events():
        event = decode_event(record.value)
        key = record.key
        data = conversations.get(key)
        stored = None if data is None else decode_state(data)
        offset = record.message.offset
        if stored is not None and offset <= stored.offset:
            continue
        state = None if stored is None else stored.conversation
        name = event.conversation_id
        now = int(record.message.timestamp * 1000)
        after, told, _ = apply(name, state, event, rules, now)
        for fact in told:
            await facts.send(key=key, value=encode_fact(fact))
        conversations[key] = encode_state(offset, after)


@app.task()  # type: ignore[untyped-decorator]  # Faust types it so
async def tell_ready() -> None:
    """Tasks start when the tables have been recovered."""
    print(READY, flush=True)
