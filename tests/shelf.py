"""A worker's shell on dictionaries, with a topic in memory and a clock we set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from stream.config import parse_config
from stream.dead_letters.letters import DeadLetters
from stream.dead_letters.limit import Bounds
from stream.records import decode_dead_letter, decode_fact, encode_event
from stream.sla.events import Event, JoinedEvent
from stream.sla.facts import Fact
from stream.worker.agents import Tracker
from stream.worker.book import Book, Items
from stream.worker.current_state import CurrentState, Ownership
from stream.worker.metrics import WorkerMetrics
from stream.worker.timers import Timers
from stream.worker.waiting import Waiting
from tests.timelines import CONFIG, START


@dataclass
class Record:
    """What the tracker reads of a Kafka record."""

    offset: int
    key: bytes | None
    value: bytes | None
    partition: int = 0
    topic: str = "conversations.events"


@dataclass
class Stamped(Record):
    """A record that bears the time when the broker had it."""

    timestamp: int = 0


class Shelf:
    """`arrive` puts records into the topic, `work` applies them, time is `now`."""

    def __init__(self, config: str = CONFIG, bounds: Bounds = Bounds()) -> None:  # noqa: B008  a frozen value
        self.config = parse_config(config, "test.yaml")
        self.now = START
        self.owned = frozenset({0})
        self.topic: dict[int, list[Record]] = {}
        self.applied: dict[int, int] = {}
        self.states: dict[int, dict[bytes, bytes]] = {}
        self.facts: list[Fact] = []
        self.dead: list[tuple[bytes, bytes]] = []
        self.sent_on: list[JoinedEvent] = []
        self.calls: list[str] = []
        self.asked: list[int] = []
        self.registry = CollectorRegistry()
        self.metrics = WorkerMetrics(self.config, self.registry)
        self.waiting = Waiting()
        ownership = Ownership(
            {"conversations.events": 4},
            lambda: self.owned,
            lambda: 7,
            lambda: self.now,
        )
        label = self.metrics.places.queue
        self.current_state = CurrentState(self.waiting, ownership, self.config, label)
        self.registry.register(self.current_state)
        self.book = Book(
            rules=self.config.rules(),
            read=lambda partition, key: self.states.get(partition, {}).get(key),
            write_facts=self.write_facts,
            write_states=self.write_states,
            send_on=self.send_on,
            metrics=self.metrics,
            waiting=self.waiting,
        )
        self.bounds = bounds
        self.recalled = 0
        self.restart()
        self.timers = Timers(
            self.book,
            lambda: self.owned,
            self.end_offsets,
            self.applied.get,
            lambda: self.now,
        )

    def restart(self) -> None:
        """Another worker goes on: of the letters it knows what is in Kafka."""
        letters = DeadLetters(self.bounds, write=self.write_dead, recall=self.recall)
        self.tracker = Tracker(self.book, self.metrics, letters, lambda: self.now)

    def arrive(self, *events: Event | Record, partition: int = 0) -> None:
        """Put events, or records as they are, at the end of a partition."""
        records = self.topic.setdefault(partition, [])
        for event in events:
            if isinstance(event, Record):
                records.append(event)
            else:
                key = event.conversation_id.encode()
                value = encode_event(event)
                records.append(Record(len(records), key, value, partition))
        self.applied.setdefault(partition, 0)

    async def work(self, partition: int = 0) -> None:
        """Apply what waits in a partition, as one batch."""
        records = self.topic.get(partition, [])
        await self.tracker.track(partition, records[self.applied[partition] :])
        self.applied[partition] = len(records)

    async def tick(self, now: int) -> list[str]:
        """Look at the deadlines at `now`; the kinds of the facts that came of it."""
        before = len(self.facts)
        self.now = now
        await self.timers.tick()
        return [fact.kind.value for fact in self.facts[before:]]

    @property
    def told(self) -> list[str]:
        return [fact.kind.value for fact in self.facts]

    def sample(self, name: str, **labels: str) -> float | None:
        """The value of one series; None when it is absent."""
        return self.registry.get_sample_value(f"replyclock_{name}", labels)

    async def send_on(self, events: Sequence[JoinedEvent]) -> None:
        self.calls.append("sent on")
        self.sent_on += events

    async def write_facts(self, _: int, items: Items) -> None:
        self.calls.append("facts")
        self.facts += [decode_fact(value) for _, value in items if value]

    async def write_states(self, partition: int, items: Items) -> None:
        self.calls.append("states")
        states = self.states.setdefault(partition, {})
        for key, value in items:
            if value is None:
                states.pop(key, None)
            else:
                states[key] = value

    async def write_dead(self, _: int, items: Iterable[tuple[bytes, bytes]]) -> None:
        self.calls.append("dead letters")
        self.dead += items

    async def recall(self, topic: str, partition: int, most: int) -> dict[int, str]:
        self.recalled += 1
        letters = [decode_dead_letter(value) for _, value in self.dead[-most:]]
        return {
            letter.offset: letter.reason
            for letter in letters
            if (letter.topic, letter.partition) == (topic, partition)
        }

    async def end_offsets(self, partitions: Iterable[int]) -> dict[int, int]:
        asked = list(partitions)
        self.asked += asked
        return {partition: len(self.topic[partition]) for partition in asked}


def of(conversation: str, event: Event) -> Event:
    """The same event in another conversation."""
    return replace(event, conversation_id=conversation)
