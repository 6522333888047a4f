"""What came out of a run: read from Kafka, Slack and Prometheus, not from our code."""

import asyncio
import heapq
import json
import re
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from alerts.alert import AlertState, alert_key
from alerts.notice import BROKEN, key_of, notice_of
from alerts.slack.sentences import EMOJI
from dev.demo.rules import STORM_CHANNEL
from dev.slack.client import SlackStandIn
from stream.records import decode_event, decode_fact
from stream.sla.facts import Fact, FactKind, Reason, Verdict

AMBER, RED = EMOJI[AlertState.WARNED], EMOJI[AlertState.BREACHED]
_TELLING = {FactKind.WARNED, FactKind.BREACHED, FactKind.ESCALATED}
DIGEST, STORM = "digest:", "storm:"
"""What the keys of digests, and of messages about many, begin with."""
_TOTAL = re.compile(r"(\d+) promises? broken")


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
    def alerts(self) -> list[dict[str, Any]]:
        """The first message of each alert."""
        return [m for m in self.messages if is_alert(m) and not _is_of_storm(m)]

    @property
    def storms(self) -> list[dict[str, Any]]:
        """Messages about many."""
        return [m for m in self.messages if _key(m).startswith(STORM)]

    @property
    def told_in_storm(self) -> int:
        """Promises that are in a storm's message, or were told before there was one."""
        beside = sum(is_alert(m) and _is_of_storm(m) for m in self.messages)
        counted = (_TOTAL.search(message["text"]) for message in self.storms)
        return beside + sum(int(found[1]) for found in counted if found is not None)

    @property
    def storms_over(self) -> int:
        """Storms whose message says that nobody waits."""
        return sum("nobody waits" in message["text"] for message in self.storms)

    def pressed(self, word: str) -> int:
        """Alerts that say by whom they were taken, snoozed (`word`)."""
        said = f"{word} by <@U0ANA>"
        return sum(said in json.dumps(message["blocks"]) for message in self.alerts)

    @property
    def escalations(self) -> list[dict[str, Any]]:
        """Messages that call somebody else."""
        return [m for m in self.messages if "/to:" in _key(m)]

    @property
    def digests(self) -> list[dict[str, Any]]:
        return [m for m in self.messages if _key(m).startswith(DIGEST)]

    @property
    def warnings(self) -> list[list[str]]:
        """Of each alert that began with a warning, the colours it had, in order."""
        stories = ([*_colours(message)] for message in self.alerts)
        return [story for story in stories if story[0] == AMBER]

    @property
    def turned_red(self) -> int:
        """Warnings whose promise was broken after all."""
        return sum(1 for story in self.warnings if RED in story)

    @property
    def edited(self) -> int:
        """Alerts that say something else now than when they were posted."""
        return sum(1 for message in self.alerts if message["edits"])

    @property
    def named(self) -> int:
        """Alerts that say of which customer they are."""
        blocks = [json.dumps(message["blocks"]) for message in self.alerts]
        return sum('"Customer\\n' in said for said in blocks)

    def detection_delays(self) -> list[float]:
        """Seconds from each deadline to its breach being noticed."""
        return [
            (f.noticed_at - f.at) / 1000
            for f in distinct(self.facts)
            if f.kind is FactKind.BREACHED
        ]

    def alert_delays(self) -> list[float]:
        """Seconds from what each alert's message tells first to Slack having it.

        The deadline, the warning point, the step of an escalation.
        """
        causes = self._causes()
        return [
            (message["posted_at"] - causes[_key(message), _told(message)]) / 1000
            for message in self.messages
            if ":" not in _key(message).partition("/")[0]
        ]

    def _causes(self) -> dict[tuple[str, FactKind], int]:
        """When what a message of a key tells first came about."""
        found: dict[tuple[str, FactKind], int] = {}
        for fact in self.facts:
            if fact.kind in _TELLING:
                key = alert_key(fact)
                found.setdefault((key_of(key, notice_of(fact)), fact.kind), fact.at)
                found.setdefault((key_of(key, BROKEN), fact.kind), fact.at)
        return found


def is_alert(message: dict[str, Any]) -> bool:
    """Whether it is the first message of an alert."""
    return not {":", "/"} & set(_key(message))


def _is_of_storm(message: dict[str, Any]) -> bool:
    return bool(message["channel"] == STORM_CHANNEL)


def _key(message: dict[str, Any]) -> str:
    key: str = message["metadata"]["event_payload"]["key"]
    return key


def _told(message: dict[str, Any]) -> FactKind:
    """Of which kind of fact it told when it was posted."""
    if "/to:" in _key(message):
        return FactKind.ESCALATED
    first = next(_colours(message))
    return FactKind.WARNED if first == AMBER else FactKind.BREACHED


def _colours(message: dict[str, Any]) -> Iterator[str]:
    """The sign that the message began with, in each of its versions."""
    for version in (*message["edits"], message):
        yield version["text"][0]


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
    result = ask_for_series(url, query)
    return float(result[0]["value"][1]) if result else 0.0


def ask_for_series(url: str, query: str) -> list[dict[str, Any]]:
    """What a query gives: `metric`, its labels, and `value`, an instant and a text."""
    asked = urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(f"{url}/api/v1/query?{asked}", timeout=10) as answer:  # noqa: S310  http by construction
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return found


def save(folder: Path, seen: Seen) -> Path:
    """Keep the events for `replyclock replay`; returns the file."""
    file = folder / "events.jsonl"
    file.write_bytes(b"\n".join(seen.events) + b"\n")
    return file
