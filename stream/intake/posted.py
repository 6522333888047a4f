"""Posted: what a body of `POST /v1/events` says, item by item. Pure.

An item is an event as on the topic (contract section 3), with a little help for who
writes it: `v` may be left out, and `customer_ids` may stand for `conversation_id`: the
ids that the channel knows the customer by. So a message that a helpdesk tells is in the
conversation of Meta's webhook, and with the same `message_id` it is the same message.

What one item lacks costs that item only, and whoever posted it is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from stream.channels.contact import NOBODY, Contact, Seal, text
from stream.channels.fields import NotJsonError, TooManyPartsError
from stream.channels.reading import DEFAULT_OPTIONS, MOST_PARTS, Link, Parsed, Reading
from stream.channels.whatsapp_contacts import bare, is_phone
from stream.process.senders import Sender
from stream.records import UnreadableRecordError, check_instants
from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Channel,
    DeliveryEvent,
    Event,
    HeartbeatEvent,
    MergedEvent,
    MessageEvent,
    Name,
    NoReplyNeededEvent,
    PurchaseEvent,
    SpamEvent,
    StatusEvent,
    SurveyEvent,
)
from stream.sla.vocabulary import explained

OURS = ("received_at", "contact", "text")
"""When we had it, and whom we sealed, is ours to say; what was said is not kept
(semantics 4.7)."""

Postable = (
    MessageEvent
    | DeliveryEvent
    | StatusEvent
    | AssignmentEvent
    | AttributesEvent
    | NoReplyNeededEvent
    | MergedEvent
    | SpamEvent
    | SurveyEvent
    | PurchaseEvent
    | HeartbeatEvent
)
"""Every event but `joined`, which only workers write."""

CustomerIds = Annotated[list[Name], Meta(min_length=1, max_length=10)]
"""Every id that the sender knows of one customer of the account, as the channel writes
them: a phone number, WhatsApp's user id (BSUID), Messenger's PSID."""


EventId = Annotated[str, Meta(min_length=1, max_length=479)]
"""As it is sent: with the sender's name before it, it is still a `Name`."""


CustomerName = Annotated[str, Meta(max_length=512)]
"""For alerts to show (`alerts.show_customer`); kept sealed, and only where intake has a
key for it (ADR 16)."""


class _Named(Struct):
    event_id: EventId
    customer_name: CustomerName = ""


class _Whose(Struct):
    channel: Channel
    account: Name
    customer_ids: CustomerIds


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of the item at the same place of the body."""

    accepted: bool
    event_id: str | None = None
    """As it is kept: with the name before it of a sender who has one."""
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The events to keep, and an answer for each item in the order of the body."""

    parsed: Parsed
    answers: tuple[Answer, ...]


class _RefusedItemError(Exception):
    """The item is no event that this sender may post; the text says why."""


def read_posted(
    body: bytes,
    *,
    is_lines: bool,
    sender: Sender,
    id_secret: bytes,
    received_at: datetime,
    seal: Seal | None = None,
) -> Posted:
    """The items of a body: one, a list, or (`is_lines`) one a line.

    Raises `NotJsonError`, `TooManyPartsError`.
    """
    events: list[Event] = []
    links: list[Link] = []
    answers: list[Answer] = []
    for item in _items(body, is_lines=is_lines):
        try:
            event, link = _event(item, sender, id_secret, received_at, seal)
        except _RefusedItemError as error:
            answers.append(Answer(accepted=False, error=str(error)))
        else:
            events.append(event)
            links += link
            answers.append(Answer(accepted=True, event_id=event.event_id))
    parsed = Parsed(events=tuple(events), ignored={}, links=tuple(links))
    return Posted(parsed=parsed, answers=tuple(answers))


def _items(body: bytes, *, is_lines: bool) -> Iterable[object]:
    if is_lines:
        lines = [line for line in body.split(b"\n") if line.strip()]
        _check_number(len(lines))
        return map(_line, lines)
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJsonError("the body is not JSON") from error
    items = whole if isinstance(whole, list) else [whole]
    _check_number(len(items))
    return items


def _check_number(items: int) -> None:
    if items > MOST_PARTS:
        raise TooManyPartsError(f"more than {MOST_PARTS} events")


def _line(line: bytes) -> object:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _event(
    item: object,
    sender: Sender,
    id_secret: bytes,
    received_at: datetime,
    seal: Seal | None,
) -> tuple[Event, list[Link]]:
    if not isinstance(item, dict):
        raise _RefusedItemError("not a JSON object")
    given: dict[str, Any] = {k: v for k, v in item.items() if k not in OURS}
    given.setdefault("v", 1)
    links: list[Link] = []
    number = None
    try:
        named = msgspec.convert(given, _Named)
        if "customer_ids" in given:
            links, number = _give_conversation(given, id_secret, received_at)
        given["event_id"] = f"{sender.prefix}{named.event_id}"
        given["received_at"] = received_at
        event = msgspec.convert(given, Postable)
        check_instants(event)
    except (msgspec.ValidationError, UnreadableRecordError) as error:
        # Quoting: who posted it wrote it, and nobody else reads the answer.
        raise _RefusedItemError(explained(str(error), quoting=True)) from error
    contact = Contact(name=text(named.customer_name), number=number)
    if seal is not None and contact != NOBODY:
        sealed = seal(contact, event.channel, event.account)
        event = replace(event, contact=sealed)
    _check_place(event, sender)
    return event, links


def _give_conversation(
    given: dict[str, Any], id_secret: bytes, received_at: datetime
) -> tuple[list[Link], str | None]:
    """Say whose it is, by these ids.

    What comes back: that they are one's, and the one by which a person finds them.
    """
    if "conversation_id" in given:
        raise _RefusedItemError("both `conversation_id` and `customer_ids`: one is due")
    whose = msgspec.convert(given, _Whose)
    ids, is_whatsapp = whose.customer_ids, whose.channel is Channel.WHATSAPP
    if is_whatsapp:
        ids = sorted(map(bare, ids), key=lambda name: not is_phone(name))
    reading = Reading(
        channel=whose.channel,
        id_secret=id_secret,
        received_at=received_at,
        options=DEFAULT_OPTIONS,
    )
    has_phone = is_whatsapp and is_phone(ids[0])
    reading.link(whose.account, ids, received_at, has_phone=has_phone)
    conversation = reading.conversation(whose.account, ids[0])
    given["conversation_id"] = conversation.id
    given["customer"] = conversation.customer
    return reading.links, ids[0] if has_phone or not is_whatsapp else None


def _check_place(event: Event, sender: Sender) -> None:
    """A sender with accounts of its own speaks of no other."""
    if sender.accounts is None:
        return
    place = f"{event.channel}:{event.account}"
    if place not in sender.accounts:
        raise _RefusedItemError(f"the token of {sender.name} is not for this account")
    if isinstance(event, HeartbeatEvent):
        return
    into = [event.into] if isinstance(event, MergedEvent) else []
    for name in (event.conversation_id, *into):
        if not name.startswith(f"{place}:"):
            raise _RefusedItemError(f"a conversation of another account than {place}")
