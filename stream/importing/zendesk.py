"""Zendesk's tickets, as its exports have them, as events.

Read are the answers of these calls, one a line or a file each, in any order:

    GET /api/v2/incremental/ticket_events?include=comment_events   all that happened, or
    GET /api/v2/tickets/{id}/audits, /api/v2/ticket_audits         the same by ticket
    GET /api/v2/incremental/users                                  who is an agent
    GET /api/v2/incremental/tickets                                requester, brand, via
    GET /api/v2/groups                                             the names of queues

Fields, at https://developer.zendesk.com:
/api-reference/ticketing/ticket-management/incremental_exports/,
/api-reference/ticketing/tickets/ticket_audits/,
/documentation/ticketing/reference-guides/ticket-audit-events-reference/.
A ticket alone, as in the account's JSON and CSV exports, has no history.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from stream.channels.conversation import CUSTOMER, UNKNOWN
from stream.channels.fields import a_list, if_fit, needed, word
from stream.importing.found import LeftOut
from stream.importing.helpdesk import Part
from stream.importing.nameless import Nameless
from stream.importing.thread import Thread, moment
from stream.importing.zendesk_changes import (
    changes,
    fields,
    is_comment,
    is_public,
    kind_of,
    parts,
    via,
)
from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Author,
    AuthorKind,
    Channel,
    Direction,
    Event,
    MessageEvent,
    Nature,
    Scale,
    Status,
    StatusEvent,
    SurveyEvent,
)

CHANNELS = {
    "email": Channel.EMAIL,
    "mail": Channel.EMAIL,
    "chat": Channel.WEBCHAT,
    "native_messaging": Channel.WEBCHAT,
    "web_messenger": Channel.WEBCHAT,
    "whatsapp": Channel.WHATSAPP,
    "facebook": Channel.MESSENGER,
    "facebook_message": Channel.MESSENGER,
    "instagram_dm": Channel.INSTAGRAM,
    "sms": Channel.SMS,
    "telegram": Channel.TELEGRAM,
}
"""Via types: …/documentation/ticketing/reference-guides/via-types."""
STATUSES = {
    "new": Status.OPEN,
    "open": Status.OPEN,
    "pending": Status.WAITING_ON_CUSTOMER,
    "hold": Status.ON_HOLD,
    "solved": Status.RESOLVED,
    "closed": Status.CLOSED,
}
SCORES = {"good": 5.0, "bad": 1.0}
"""Zendesk asks with two answers: the best and the worst of five count alike in CSAT."""
DEFAULT_ACCOUNT = "zendesk"
_STAFF = {"agent", "admin"}
_RULES = {"rule", "trigger", "automation"}
_ZENDESK = "-1"
"""The author of what Zendesk itself does."""
_ONLY_NOW = "tickets as they are now: when that came is in their events"


class Zendesk:
    """What is particular to it (`helpdesk.py`), for the files of one account.

    `bots`: ids of users who are bots. Keeps a few dozen bytes for each user and ticket.
    """

    def __init__(self, nameless: Nameless, bots: frozenset[str] = frozenset()) -> None:
        self._nameless = nameless
        self._bots = bots
        self._roles: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._requesters: dict[str, str] = {}
        self._channels: dict[str, Channel] = {}
        self._brands: dict[str, str] = {}

    def parts(self, body: object) -> Iterator[Part]:
        return parts(body)

    def learn(self, kind: str, part: dict[str, Any]) -> None:
        """Who is who, and what the tickets say of themselves."""
        id_ = if_fit(part.get("ticket_id" if kind == "update" else "id"))
        if id_ is None:
            return
        if kind == "user":
            self._roles[id_] = word(part.get("role"))
        elif kind == "group" and (name := if_fit(part.get("name"))):
            self._groups[id_] = name
        elif kind == "ticket":
            self._know(id_, part, part)
            if brand := if_fit(part.get("brand_id")):
                self._brands[id_] = brand
        elif kind == "update":
            for change in changes(part):
                if kind_of(change) == "Create":
                    self._know(id_, fields(change), part)

    def _know(self, ticket: str, said: dict[str, Any], came: dict[str, Any]) -> None:
        if requester := if_fit(said.get("requester_id")):
            self._requesters.setdefault(ticket, requester)
        if channel := CHANNELS.get(via(came)):
            self._channels.setdefault(ticket, channel)

    def events(self, kind: str, part: dict[str, Any]) -> Iterator[Event | LeftOut]:
        """As many as an update has changes that we know."""
        if kind == "update":
            yield from self._update(part)
        elif kind == "ticket":
            yield LeftOut(_ONLY_NOW)
        elif kind not in {"user", "group"}:
            yield LeftOut(kind)

    def _update(self, part: dict[str, Any]) -> Iterator[Event]:
        of = self._thread(part.get("ticket_id"))
        at, own = moment(part.get("created_at")), needed(part.get("id"))
        for number, change in enumerate(changes(part)):
            name = if_fit(change.get("id")) or f"{own}.{number}"
            if is_comment(change):
                yield self._comment(of.event(name, at), of, name, change, part)
            else:
                yield from self._change(of, name, at, change)

    def _thread(self, number: object) -> Thread:
        ticket = needed(number)
        return Thread(
            nameless=self._nameless,
            helpdesk="zendesk",
            number=ticket,
            channel=self._channels.get(ticket, Channel.OTHER),
            account=self._brands.get(ticket, DEFAULT_ACCOUNT),
            customer=self._requesters.get(ticket),
        )

    def _comment(
        self,
        shared: dict[str, Any],
        of: Thread,
        name: str,
        change: dict[str, Any],
        part: dict[str, Any],
    ) -> Event:
        writer = change.get("author_id", part.get("author_id", part.get("updater_id")))
        author = self._author(of.number, if_fit(writer), {via(change), via(part)})
        nature = Nature.PLAIN
        if not is_public(change):
            nature = Nature.NOTE
        elif kind_of(change) == "VoiceComment":
            nature = Nature.CALL
        elif author.kind is AuthorKind.SYSTEM:
            nature = Nature.AUTOMATION
        inbound = author.kind is AuthorKind.CUSTOMER
        return MessageEvent(
            **shared,
            message_id=name,
            direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
            author=author,
            nature=nature,
        )

    def _author(self, ticket: str, writer: str | None, ways: set[str]) -> Author:
        role = self._roles.get(writer or "")
        if writer in self._bots:
            return Author(kind=AuthorKind.BOT, id=writer)
        if writer == _ZENDESK or ways & _RULES:
            return Author(kind=AuthorKind.SYSTEM)
        if role in _STAFF:
            return Author(kind=AuthorKind.AGENT, id=writer)
        if role == "end-user" or (writer and writer == self._requesters.get(ticket)):
            return CUSTOMER
        return UNKNOWN

    def _change(
        self, of: Thread, name: str, at: datetime, change: dict[str, Any]
    ) -> Iterator[Event]:
        said = fields(change)
        shared = of.event(name, at)
        if status := STATUSES.get(word(said.get("status"))):
            yield StatusEvent(**of.event(f"{name}:status", at), status=status)
        if "group_id" in said:
            group = if_fit(said["group_id"])
            queue = group and self._groups.get(group, group)
            yield AssignmentEvent(**of.event(f"{name}:group", at), queue=queue)
        if "assignee_id" in said:
            assignee = if_fit(said["assignee_id"])
            yield AssignmentEvent(**of.event(f"{name}:assignee", at), assignee=assignee)
        if "priority" in said:
            priority = if_fit(said["priority"])
            yield AttributesEvent(**of.event(f"{name}:priority", at), priority=priority)
        if "tags" in said:
            tags = tuple(filter(None, map(if_fit, a_list(said["tags"]))))
            yield AttributesEvent(**of.event(f"{name}:tags", at), tags=tags)
        score = SCORES.get(word(change.get("score")))
        if kind_of(change) == "SatisfactionRating" and score is not None:
            yield SurveyEvent(**shared, scale=Scale.CSAT, score=score)
