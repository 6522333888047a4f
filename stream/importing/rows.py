"""A row of a CSV file as events.

Without a column `kind`, what a row says makes it what it is: with an author or a
direction a message, else a status, an assignment, attributes. Where columns are
`replied_at` or `resolved_at`, a row is a ticket: asked, answered, resolved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from stream.importing.columns import LATER, Columns
from stream.importing.found import Fault, Found, LeftOut
from stream.importing.nameless import Nameless
from stream.importing.times import TimeFault, Times
from stream.records import UnreadableRecordError, decode_event
from stream.sla.events import AuthorKind, Channel, Direction, Event, Status

CLEARED = "null"
"""A cell that clears who has the work, as `null` does in an event."""
_CLEARABLE = ("queue", "assignee", "priority", "tier")
_NO_TEXTS = {
    *("occurred_at", "received_at", *LATER, "status", "tags"),
    *("score", "amount", "same_customer"),
}
_THINGS = ("conversation_id", "message_id", "into", "event_id")
_DIRECTIONS = {
    "incoming": Direction.INBOUND,
    "received": Direction.INBOUND,
    "in": Direction.INBOUND,
    "outgoing": Direction.OUTBOUND,
    "sent": Direction.OUTBOUND,
    "out": Direction.OUTBOUND,
}
_OF_ONE_EVENT = {
    *("kind", "event_id", "message_id", "direction", "author_id", "status"),
    *LATER,
}
"""What a row that is a whole ticket cannot mean of each of its events."""
_ANSWERED = {"author": AuthorKind.AGENT}
_RESOLVED = {"kind": "status", "status": Status.RESOLVED}
DEFAULT_ACCOUNT = "import"


class _RowFault(ValueError):  # noqa: N818  it is told, and nothing failed
    """Why a row is no event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Turns rows into events.

    `authors`: what the file calls whom, in small letters; `others`: who everybody else
    is; None: a fault. `statuses`: what the file calls which status, likewise.
    """

    columns: Columns
    times: Times
    nameless: Nameless
    authors: Mapping[str, AuthorKind]
    others: AuthorKind | None = None
    statuses: Mapping[str, str]

    def read(self, line: int, row: list[str]) -> Iterator[Found]:
        """The events of a row, or why it gives none."""
        if len(row) != self.columns.width:
            width = self.columns.width
            yield Fault(line, f"{len(row)} cells under {width} columns")
            return
        try:
            said = self.columns.cells(row)
            read = self._ticket if self.columns.is_by_ticket else self._events
            yield from read(said)
        except (_RowFault, UnreadableRecordError) as error:
            yield Fault(line, str(error))

    def _ticket(self, said: dict[str, str]) -> Iterator[Found]:
        """A customer's message, an agent's where there was one, and the end of it."""
        at = {field: said[field] for field in LATER if field in said}
        for field, cell in at.items():
            self._value(field, cell)  # a fault names the right column
        of = {field: said[field] for field in said.keys() - _OF_ONE_EVENT}
        yield from self._events({**of, "author": AuthorKind.CUSTOMER})
        of.pop("tags", None)
        for field, cell in at.items():
            own = _ANSWERED if field == "replied_at" else _RESOLVED
            yield from self._events({**of, **own, "occurred_at": cell})

    def _events(self, said: dict[str, str]) -> Iterator[Found]:
        for field, cell in said.items():
            if not cell.isprintable() or "\ufffd" in cell:
                raise _RowFault(f"{field} holds what is no text: is --encoding right?")
        kind = said.get("kind") or _kind(said)
        event = {**self._shared(said, kind), "kind": kind}
        if kind == "message":
            event |= self._message(said, event)
        yield _event(event)
        if kind == "message" and "tags" in event:
            id_ = f"{event['event_id']}:tags"
            yield _event({**event, "kind": "attributes", "event_id": id_})
        if kind == "message" and "status" in said and "kind" not in said:
            yield LeftOut("status beside a message: nobody says since when")

    def _shared(self, said: dict[str, str], kind: str) -> dict[str, Any]:
        """Every field but a message's own, as it is in an event's JSON."""
        event: dict[str, Any] = {
            "v": 1,
            "channel": Channel.OTHER,
            "account": DEFAULT_ACCOUNT,
            **said,
            **self._values(said),
        }
        event |= self._ids(event)
        if "event_id" not in said:
            same = said.get("message_id") or _sorted(said)
            conversation = event.get("conversation_id", "")
            event["event_id"] = self.nameless.digest(kind, conversation, same)
        return event

    def _values(self, said: dict[str, str]) -> dict[str, Any]:
        """What is no text, and a status in our words."""
        values = {
            field: self._value(field, said[field]) for field in _NO_TEXTS & said.keys()
        }
        values |= {field: None for field in _CLEARABLE if said.get(field) == CLEARED}
        return values

    def _value(self, field: str, cell: str) -> Any:
        try:
            match field:
                case "occurred_at" | "received_at" | "replied_at" | "resolved_at":
                    return self.times.read(cell)
                case "status":
                    return self.statuses.get(cell.casefold(), cell.casefold())
                case "tags":
                    return _tags(cell)
                case "same_customer":
                    return {"true": True, "false": False}[cell.casefold()]
                case _:
                    return float(cell)
        except TimeFault as fault:
            raise _RowFault(f"{field}: {fault}") from fault
        except (ValueError, KeyError) as error:
            raise _RowFault(f"{field}: not what it must be") from error

    def _ids(self, event: dict[str, Any]) -> dict[str, str]:
        """The names of things and of the customer, each without a person's."""
        channel, account = event["channel"], event["account"]
        ids = {
            field: self.nameless.thing(channel, event[field])
            for field in _THINGS
            if field in event
        }
        if "customer" in event:
            name = self.nameless.customer(channel, account, event["customer"])
            ids["customer"] = name
            ids.setdefault("conversation_id", f"{channel}:{account}:{name}")
        return ids

    def _message(self, said: dict[str, str], event: dict[str, Any]) -> dict[str, Any]:
        direction, author = said.get("direction", "").casefold(), said.get("author")
        direction = _DIRECTIONS.get(direction, direction)
        if author is not None:
            kind = self._author(author)
            inbound = kind is AuthorKind.CUSTOMER
            direction = direction or (
                Direction.INBOUND if inbound else Direction.OUTBOUND
            )
        else:
            inbound = direction == Direction.INBOUND
            kind = AuthorKind.CUSTOMER if inbound else AuthorKind.UNKNOWN
        own: dict[str, Any] = {"direction": direction, "author": {"kind": kind}}
        if id_ := said.get("author_id"):
            if kind is AuthorKind.CUSTOMER:
                place = event["channel"], event["account"]
                id_ = self.nameless.customer(*place, id_)
            own["author"]["id"] = id_
        if "message_id" not in said:
            own["message_id"] = event["event_id"]
        return own

    def _author(self, said: str) -> AuthorKind:
        name = said.casefold()
        found = self.authors.get(name) or (
            AuthorKind(name) if name in {*AuthorKind} else self.others
        )
        if found is None:
            raise _RowFault(
                "author: neither --customer-is nor --agent-is nor --bot-is says who "
                "that is (--others-are: everybody else)"
            )
        return found


def _kind(said: dict[str, str]) -> str:
    if "author" in said or "direction" in said:
        return "message"
    if "status" in said:
        return "status"
    if "queue" in said or "assignee" in said:
        return "assignment"
    if "tier" in said or "priority" in said or "tags" in said:
        return "attributes"
    raise _RowFault("nothing happens: no author, direction, status, assignee or tier")


def _tags(cell: str) -> list[str]:
    """`invoice, refund`, with semicolons, or a list of JSON."""
    if cell.startswith("["):
        return msgspec.json.decode(cell, type=list[str])
    return [tag for part in cell.split(",") for tag in map(str.strip, part.split(";"))]


def _sorted(said: dict[str, str]) -> str:
    return msgspec.json.encode(said, order="sorted").decode()


def _event(plain: dict[str, Any]) -> Event:
    """Raises `UnreadableRecordError`, as for any event that somebody writes."""
    return decode_event(msgspec.json.encode(plain))
