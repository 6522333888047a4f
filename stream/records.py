"""The wire: bytes <-> events and facts. JSON, UTF-8, versioned (contract 3, 4).

`docs/adr/0002` lists the fields that we add to the contract's.
"""

import json
from datetime import UTC, datetime
from inspect import cleandoc
from typing import Any, Literal, Protocol, Union, get_args

import msgspec

from stream.sla.events import Event, JoinedEvent
from stream.sla.facts import Fact, Purchase, SessionSum, Survey
from stream.sla.instants import parse_rfc3339, rfc3339, to_ms
from stream.sla.joining import turns_of
from stream.sla.vocabulary import explained, unquoted

_INSTANTS = (
    *("at", "noticed_at", "cycle", "started_at", "deadline", "known_at"),
    *("first_human_reply_at", "resolved_at"),
)

_WAITS = {
    "waited_s": "waited_ms",
    "waited_business_s": "waited_business_ms",
    "replaces_waited_s": "replaces_waited_ms",
    "replaces_waited_business_s": "replaces_waited_business_ms",
}

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

LATEST = to_ms(_LATEST)
"""Deadlines and silences are counted from an event's time, and must be writable."""

LONGEST_KEY = 2048
"""Bytes of a `conversation_id`. Who writes a longer key does not stop the letter."""

_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_encoder = msgspec.json.Encoder()


class _WireFact(msgspec.Struct, omit_defaults=True, gc=False):
    """A fact as it is written: a struct is encoded three times as fast as a dict."""

    v: int
    fact_id: str
    kind: str
    at: str
    noticed_at: str
    conversation_id: str
    channel: str
    account: str
    queue: str
    assignee: str | None = None
    link: str | None = None
    contact: bytes | None = None
    measure: str | None = None
    cycle: str | None = None
    policy: str | None = None
    policy_version: str | None = None
    started_at: str | None = None
    deadline: str | None = None
    waited_s: float | None = None
    waited_business_s: float | None = None
    author: str | None = None
    reason: str | None = None
    replaces: str | None = None
    replaces_queue: str | None = None
    calendar: str | None = None
    to: str | None = None
    shadow: bool = False
    cause: str | None = None
    known_at: str | None = None
    replaces_waited_s: float | None = None
    replaces_waited_business_s: float | None = None
    session: dict[str, Any] | None = None
    replaces_id: str | None = None
    survey: Survey | None = None
    purchase: Purchase | None = None


class Record(Protocol):
    """What is read of an aiokafka `ConsumerRecord`."""

    topic: str
    partition: int
    offset: int
    key: Any
    value: Any


class UnreadableRecordError(ValueError):
    """The bytes are no event or fact; the text says what is wrong and where.

    `quoting`: the same with what they say there, for whoever wrote them: never for a
    log or a letter.
    """

    def __init__(self, reason: str, quoting: str = "") -> None:
        super().__init__(reason)
        self.quoting = quoting or reason


def decode_event(data: bytes) -> Event:
    """Raises `UnreadableRecordError` for what is no event of version 1."""
    try:
        event = _events.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = str(error)
        raise UnreadableRecordError(
            explained(said, quoting=False), explained(said, quoting=True)
        ) from error
    if isinstance(event, JoinedEvent):
        _check_turns(event)
    check_instants(event)
    return event


def event_schema() -> str:
    """JSON Schema (2020-12) of an event as others write it, sorted, indented.

    Without what is ours: a move between conversations, and the sealed contact.
    """
    kinds = [kind for kind in get_args(Event) if kind is not JoinedEvent]
    _, defs = msgspec.json.schema_components(
        [Union[tuple(kinds)]],  # noqa: UP007  made of a list
        ref_template="#/$defs/{name}",
    )
    for kind in kinds:
        defs[kind.__name__]["properties"].pop("contact")
    defs.pop(JoinedEvent.__name__, None)
    for described in defs.values():  # their docstrings: Python 3.13 dedents, 3.11 not
        if "description" in described:
            described["description"] = cleandoc(described["description"])
    written = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ReplyClock: an event on conversations.events, version 1",
        "oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds],
        "$defs": defs,
    }
    return json.dumps(written, indent=2, sort_keys=True) + "\n"


def check_instants(event: Event) -> None:
    """Raises `UnreadableRecordError` for what is before 1970 or after 2199."""
    arrived = event.received_at or event.occurred_at
    if not (_EARLIEST <= event.occurred_at < _LATEST and arrived < _LATEST):
        raise UnreadableRecordError("an instant is not between 1970 and 2200")


def _check_turns(event: JoinedEvent) -> None:
    try:
        turns_of(event)
    except msgspec.ValidationError as error:
        raise UnreadableRecordError(unquoted(str(error))) from error


def encode_event(event: Event) -> bytes:
    """Instants in UTC with milliseconds, defaults left out."""
    plain: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(datetime,))
    for name in ("occurred_at", "received_at"):
        if name in plain:
            plain[name] = rfc3339(to_ms(plain[name]))
    return _encoder.encode(plain)


def encode_fact(fact: Fact) -> bytes:
    """One line of JSON; waits in seconds, instants as RFC 3339."""
    return _encoder.encode(
        _WireFact(
            1,
            fact.fact_id,
            fact.kind,
            rfc3339(fact.at),
            rfc3339(fact.noticed_at),
            fact.conversation_id,
            fact.channel,
            fact.account,
            fact.queue,
            fact.assignee,
            fact.link,
            fact.contact,
            fact.measure,
            _written(fact.cycle),
            fact.policy,
            fact.policy_version,
            _written(fact.started_at),
            _written(fact.deadline),
            _seconds(fact.waited_ms),
            _seconds(fact.waited_business_ms),
            fact.author,
            fact.reason,
            fact.replaces,
            fact.replaces_queue,
            fact.calendar,
            fact.to,
            fact.shadow,
            fact.cause,
            _written(fact.known_at),
            _seconds(fact.replaces_waited_ms),
            _seconds(fact.replaces_waited_business_ms),
            None if fact.session is None else _written_sum(fact.session),
            fact.replaces_id,
            fact.survey,
            fact.purchase,
        )
    )


def _written_sum(told: SessionSum) -> dict[str, Any]:
    """A count of 0 is written: it is known, and what is left out is not."""
    plain = {n: v for n, v in msgspec.structs.asdict(told).items() if v is not None}
    return plain | {n: rfc3339(plain[n]) for n in _INSTANTS if n in plain}


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _written(instant: int | None) -> str | None:
    return None if instant is None else rfc3339(instant)


def decode_fact(data: bytes) -> Fact:
    """Raises `UnreadableRecordError` for what is no fact of version 1."""
    try:
        plain = msgspec.json.decode(data)
        for part in (plain, plain.get("session") or {}):
            for name in _INSTANTS:
                if name in part:
                    part[name] = parse_rfc3339(part[name])
        for said, kept in _WAITS.items():
            if said in plain:
                plain[kept] = round(plain[said] * 1000)
        version, fact = plain.pop("v", None), msgspec.convert(plain, Fact)
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise UnreadableRecordError(unquoted(str(error))) from error
    except RecursionError as error:
        raise UnreadableRecordError("nested too deeply") from error
    if version != 1:
        raise UnreadableRecordError("not a fact of version 1")
    return fact


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The place of a record that could not be read, and the reason.

    The record's value is left out: it may hold what a customer wrote (semantics 4.7);
    the record itself stays in its topic, at this place.
    """

    v: Literal[1]
    topic: str
    partition: int
    offset: int
    reason: str
    at: str
    """RFC 3339."""
    resent: bool = False
    """This is no new letter: the record was written anew, to the end of its topic."""

    @property
    def instant(self) -> int:
        """`at` in milliseconds."""
        return parse_rfc3339(self.at)


_dead_letters = msgspec.json.Decoder(DeadLetter)


def dead_letter(record: Record, reason: str, now: int) -> tuple[bytes, bytes]:
    """Key and value of a dead letter."""
    letter = DeadLetter(
        v=1,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        reason=reason,
        at=rfc3339(now),
    )
    return (record.key or b"")[:LONGEST_KEY], _encoder.encode(letter)


def resent_mark(letter: DeadLetter, now: int) -> bytes:
    """The value that stands for the letter's record having been written anew."""
    return _encoder.encode(
        msgspec.structs.replace(letter, resent=True, at=rfc3339(now))
    )


def decode_dead_letter(data: bytes) -> DeadLetter:
    """Raises `UnreadableRecordError` for what is no dead letter of version 1."""
    try:
        letter = _dead_letters.decode(data)
        _ = letter.instant
    except (ValueError, RecursionError) as error:
        raise UnreadableRecordError("not a dead letter of version 1") from error
    return letter
