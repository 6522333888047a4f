"""The events of a run, and the facts that must come out of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from msgspec.structs import replace

from stream.kafka.partitions import partition_of
from stream.records import encode_event
from stream.simulator.loading import events_of
from stream.simulator.play import write_play
from stream.sla.conversation import apply
from stream.sla.events import Event
from stream.sla.instants import parse_rfc3339
from stream.sla.policy import Rules
from stream.sla.state import Conversation

PARTITIONS = 4

_START = parse_rfc3339("2100-01-01T09:00:00Z")
"""Far ahead: no deadline passes while a run lasts, so timers, which stock Faust does
not have, do nothing, and every fact follows from an event alone."""

_RATE = 200
_EVENTS_A_SECOND = 240
"""At least so many come of 200 webhooks a second."""

Records = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Workload:
    """Encoded events by partition, and the ids of the facts that follow."""

    name: str
    title: str
    events: int
    conversations: int
    partitions: tuple[Records, ...]
    facts: frozenset[str]


def write_events(rules: Rules, count: int, seed: int = 1) -> list[Event]:
    """The first `count` events of a play, the same at every call."""
    play = write_play(
        rules,
        seed=seed,
        start=_START,
        seconds=max(30, count // _EVENTS_A_SECOND + 1),
        rate=_RATE,
    )
    return list(events_of(play.deliveries))[:count]


def gather(events: Iterable[Event], conversations: int) -> list[Event]:
    """The same events told of few long conversations: so many on each account."""
    return [
        replace(event, conversation_id=_gathered(event, conversations))
        for event in events
    ]


def make_workload(
    name: str, title: str, events: Sequence[Event], rules: Rules
) -> Workload:
    """`events` on the wire, with the facts that the bare rules draw from them."""
    partitions: tuple[Records, ...] = tuple([] for _ in range(PARTITIONS))
    states: dict[str, Conversation] = {}
    facts: set[str] = set()
    for event in events:
        name_ = event.conversation_id
        key = name_.encode()
        partition = partition_of(key, PARTITIONS)
        partitions[partition].append((key, encode_event(event)))
        states[name_], told, _ = apply(name_, states.get(name_), event, rules, 0)
        facts.update(fact.fact_id for fact in told)
    return Workload(name, title, len(events), len(states), partitions, frozenset(facts))


def _gathered(event: Event, conversations: int) -> str:
    digest = blake2b(event.conversation_id.encode(), digest_size=8).digest()
    number = int.from_bytes(digest) % conversations
    return f"{event.channel.value}:{event.account}:hot-{number}"
