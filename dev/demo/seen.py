"""What came out of a run: read from Kafka, Slack and Prometheus, not from our code."""

import asyncio
import heapq
import json
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from alerts.alert import alert_key
from dev.slack.client import SlackStandIn
from stream.records import decode_event, decode_fact
from stream.sla.facts import Fact, FactKind, Reason, Verdict


@dataclass(frozen=True, slots=True)
class Seen:
    """The events in order of arrival, each partition's facts in order, the messages."""

    events: list[bytes]
    facts: list[Fact]
    messages: list[dict[str, Any]]

    def net(self, verdict: Verdict) -> int:
        """Cycles whose verdict this is in the end."""
        given = {
            Verdict.MET: FactKind.MET,
            Verdict.BREACHED: FactKind.BREACHED,
            Verdict.CANCELLED: FactKind.CANCELLED,
        }[verdict]
        facts = distinct(self.facts)
        return sum(
            (f.kind is given and f.reason is not Reason.SUPERSEDED)
            - (f.replaces is verdict)
            for f in facts
        )

    def count(self, kind: FactKind) -> int:
        return Counter(f.kind for f in distinct(self.facts))[kind]

    @property
    def sessions(self) -> int:
        """Sessions opened, without those that proved to have begun earlier."""
        return sum(
            (f.kind is FactKind.SESSION_OPENED)
            - (f.kind is FactKind.SESSION_ENDED and f.reason is Reason.SUPERSEDED)
            for f in distinct(self.facts)
        )

    @property
    def edited(self) -> int:
        """Messages that say something else now than when they were posted."""
        return sum(1 for message in self.messages if message["edits"])

    @property
    def named(self) -> int:
        """Messages that say of which customer they are."""
        blocks = [json.dumps(message["blocks"]) for message in self.messages]
        return sum('"Customer\\n' in said for said in blocks)

    def detection_delays(self) -> list[float]:
        """Seconds from each deadline to its breach being noticed."""
        return [
            (f.noticed_at - f.at) / 1000
            for f in distinct(self.facts)
            if f.kind is FactKind.BREACHED
        ]

    def alert_delays(self) -> list[float]:
        """Seconds from each deadline to Slack having the message."""
        deadlines = {
            alert_key(f): f.at for f in self.facts if f.kind is FactKind.BREACHED
        }
        delays = []
        for message in self.messages:
            metadata = message["metadata"]
            posted_at = message["posted_at"]
            assert isinstance(metadata, dict)
            assert isinstance(posted_at, int)
            key = metadata["event_payload"]["key"]
            delays.append((posted_at - deadlines[key]) / 1000)
        return delays


def distinct(facts: Sequence[Fact]) -> list[Fact]:
    """Each fact once: a crash repeats facts under the same id."""
    return list({fact.fact_id: fact for fact in facts}.values())


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile; 0 where there is nothing."""
    if not values:
        return 0.0
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


async def read_topic(broker: str, topic: str) -> list[list[bytes]]:
    """Every record's value now in a topic, a list a partition, in offset order."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        values: dict[int, list[bytes]] = {tp.partition: [] for tp in ends}
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            fetched = await consumer.getmany(timeout_ms=500)
            for tp, records in fetched.items():
                values[tp.partition] += [record.value for record in records]
        return list(values.values())
    finally:
        await consumer.stop()


def in_arrival_order(partitions: Iterable[Iterable[bytes]]) -> list[bytes]:
    """Events of all partitions as they arrived; each partition keeps its order."""

    def dated(events: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        latest = 0
        for line in events:
            latest = max(latest, decode_event(line).arrived)
            yield latest, line

    merged = heapq.merge(*map(dated, partitions), key=lambda pair: pair[0])
    return [line for _, line in merged]


async def look(
    broker: str,
    events_topic: str,
    facts_topic: str,
    slack: SlackStandIn,
    channels: Sequence[str],
) -> Seen:
    """Everything that came out by now."""
    events = await read_topic(broker, events_topic)
    facts = await read_topic(broker, facts_topic)
    per_channel = [await asyncio.to_thread(slack.messages, c) for c in channels]
    return Seen(
        in_arrival_order(events),
        [decode_fact(value) for values in facts for value in values],
        [message for messages in per_channel for message in messages],
    )


def ask_prometheus(url: str, query: str) -> float:
    """The one number a query gives; 0 where it gives none."""
    asked = urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(f"{url}/api/v1/query?{asked}", timeout=10) as answer:  # noqa: S310  http by construction
        result = json.load(answer)["data"]["result"]
    return float(result[0]["value"][1]) if result else 0.0


def save(folder: Path, seen: Seen) -> Path:
    """Keep the events for `replyclock replay`; returns the file."""
    file = folder / "events.jsonl"
    file.write_bytes(b"\n".join(seen.events) + b"\n")
    return file
