"""A crowd: seeded conversations in which everything happens, in real time.

Times grow by the very durations that the short rules promise, so that much happens at
a deadline or a millisecond beside it; news of it comes at once, late, twice or from
the future.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from msgspec.structs import replace

from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Author,
    AuthorKind,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    MergedEvent,
    MessageEvent,
    Nature,
    NoReplyNeededEvent,
    PurchaseEvent,
    Scale,
    SpamEvent,
    Status,
    StatusEvent,
    SurveyEvent,
)
from stream.sla.instants import from_ms

PLACES = (("whatsapp", "111"), ("messenger", "222"), ("webchat", "333"))

_STEPS = (0, 1, 400, 1000, 2000, 3000, 5000, 7500, 12_000, 14_999, 15_000, 15_001)
_LAST_WORDS = 20_000
"""Nobody begins so short (ms) before the end."""

_AGAIN = 0.05
"""How many webhooks come twice."""

Envelope = dict[str, Any]
Maker = Callable[[Random, Envelope], list[Event]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event and when intake has it; milliseconds."""

    at: int
    event: Event


def gather(seed: int, *, start: int, seconds: int, count: int) -> list[Arrival]:
    """`count` conversations within `seconds` from `start` (ms), by arrival."""
    end = start + seconds * 1000
    arrivals = []
    for number in range(count):
        random = Random(f"{seed} {number}")  # noqa: S311  a crowd, no secret
        arrivals += _conversation(random, f"c{number}", start, end)
    return sorted(arrivals, key=lambda arrival: arrival.at)


def _conversation(random: Random, name: str, start: int, end: int) -> Iterator[Arrival]:
    channel, account = random.choice(PLACES)
    at = random.randrange(start, end - _LAST_WORDS)
    turn = 0
    while at < end:
        make = random.choices(_MAKERS, _WEIGHTS)[0] if turn else _customer
        envelope = {
            "v": 1,
            "event_id": f"{name}-{turn}",
            "occurred_at": from_ms(at),
            "conversation_id": name,
            "channel": channel,
            "account": account,
        }
        for event in make(random, envelope):
            yield from _arrivals(random, event, end)
        turn += 1
        at += random.choice(_STEPS)
    beside = Random(f"beside {name}")  # noqa: S311  a crowd
    for make in (_survey, _purchase):
        own = {"event_id": f"{name}-{make.__name__}"}
        for event in make(beside, envelope | own):
            yield from _arrivals(beside, event, end)


def _arrivals(random: Random, event: Event, end: int) -> Iterator[Arrival]:
    """Most at once; some a little late, some very late, some before their time."""
    at_once, soon, late = map(random.randrange, (150, 4000, 20_000))
    delays = (at_once, soon, late, -2500)
    at = event.at + random.choices(delays, (70, 12, 16, 2))[0]
    if at < end:
        yield Arrival(at, event)
        if random.random() < _AGAIN:
            yield Arrival(at + random.randrange(5000), event)


def _customer(random: Random, envelope: Envelope) -> list[Event]:
    natures = [*[Nature.PLAIN] * 6, Nature.REACTION, Nature.CALL]
    return [_message(envelope, AuthorKind.CUSTOMER, random.choice(natures))]


def _agent(_: Random, envelope: Envelope) -> list[Event]:
    return [_message(envelope, AuthorKind.AGENT)]


def _other(random: Random, envelope: Envelope) -> list[Event]:
    """Words that may count or not."""
    author = random.choice([AuthorKind.AGENT, AuthorKind.BOT, AuthorKind.SYSTEM])
    natures = [n for n in Nature if n not in {Nature.REACTION, Nature.DELETION}]
    return [_message(envelope, author, random.choice(natures))]


def _unknown(random: Random, envelope: Envelope) -> list[Event]:
    """A message whose author the source cannot tell; perhaps another one can."""
    unsure = _message(envelope, AuthorKind.UNKNOWN)
    better = random.choice([None, AuthorKind.AGENT, AuthorKind.BOT])
    if better is None:
        return [unsure]
    author = Author(kind=better, id="Ben")
    return [
        unsure,
        replace(unsure, author=author, event_id=f"{unsure.event_id}-sure"),
    ]


def _failed(random: Random, envelope: Envelope) -> list[Event]:
    """A reply that does not reach the customer, which is known a little later."""
    reply = _message(envelope, AuthorKind.AGENT)
    later = timedelta(milliseconds=random.choice([0, 300, 3000, 9000]))
    own = {
        "event_id": f"{reply.event_id}-failed",
        "occurred_at": reply.occurred_at + later,
    }
    failure = DeliveryEvent(
        **envelope | own, message_id=reply.message_id, state=DeliveryState.FAILED
    )
    return [reply, failure]


def _status(random: Random, envelope: Envelope) -> list[Event]:
    return [StatusEvent(**envelope, status=random.choice(list(Status)[:5]))]


def _resolved(_: Random, envelope: Envelope) -> list[Event]:
    return [StatusEvent(**envelope, status=Status.RESOLVED)]


def _closed(_: Random, envelope: Envelope) -> list[Event]:
    return [StatusEvent(**envelope, status=Status.CLOSED)]


def _no_reply_needed(_: Random, envelope: Envelope) -> list[Event]:
    return [NoReplyNeededEvent(**envelope)]


def _attributes(random: Random, envelope: Envelope) -> list[Event]:
    said: list[dict[str, Any]] = [
        {"tier": "vip"},
        {"tier": "none"},
        {"priority": "high"},
        {"priority": "low"},
        {"tags": ("billing",)},
        {"tags": ()},
    ]
    return [AttributesEvent(**envelope, **random.choice(said))]


def _assignment(random: Random, envelope: Envelope) -> list[Event]:
    said: dict[str, Any] = {"assignee": random.choice(["Ana", "Ben", None])}
    queue = random.choice(["support", "sales", None])
    return [AssignmentEvent(**envelope, **said, queue=queue)]


def _merged(_: Random, envelope: Envelope) -> list[Event]:
    return [MergedEvent(**envelope, into="another")]


def _spam(_: Random, envelope: Envelope) -> list[Event]:
    return [SpamEvent(**envelope)]


def _survey(random: Random, envelope: Envelope) -> list[Event]:
    return [SurveyEvent(**envelope, scale=Scale.CSAT, score=random.randrange(1, 6))]


def _purchase(_: Random, envelope: Envelope) -> list[Event]:
    return [PurchaseEvent(**envelope, amount=9.5, currency="EUR")]


def _message(
    envelope: Envelope, author: AuthorKind, nature: Nature = Nature.PLAIN
) -> MessageEvent:
    inbound = author is AuthorKind.CUSTOMER
    return MessageEvent(
        **envelope,
        message_id=f"m-{envelope['event_id']}",
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        author=Author(kind=author, id="Ana" if author is AuthorKind.AGENT else None),
        nature=nature,
    )


_HAPPENS: dict[Maker, int] = {
    _customer: 30,
    _agent: 18,
    _status: 14,
    _failed: 8,
    _other: 8,
    _attributes: 8,
    _unknown: 6,
    _resolved: 6,
    _assignment: 5,
    _closed: 3,
    _no_reply_needed: 3,
    _merged: 1,
    _spam: 1,
}
_MAKERS, _WEIGHTS = list(_HAPPENS), list(_HAPPENS.values())
