"""Chatwoot's conversations, as its application API answers, as events.

Read are the answers of these calls, one a line or a file each, in any order:

    GET /api/v1/accounts/{account}/inboxes       which channel an inbox is
    GET …/conversations, …/conversations/{id}    whose a conversation is
    GET …/conversations/{id}/messages            who wrote when
    GET …/csat_survey_responses                  how content they were

Fields: https://developers.chatwoot.com/api-reference, and in its repository
`swagger/definitions/resource` (`message_detailed.yml`, `reporting_event.yml`).

When a conversation was resolved is only in …/conversations/{id}/reporting_events, whose
`conversation_id` is another number than that of the messages. So it is read where it is
beside its conversation: {"conversation": …, "messages": …, "reporting_events": […]}.
"""

from collections.abc import Iterator
from typing import Any

from stream.channels.conversation import CUSTOMER, UNKNOWN
from stream.channels.fields import PartIgnoredError, a_list, if_fit, needed, word
from stream.importing.chatwoot_parts import (
    ACTIVITY,
    INCOMING,
    TEMPLATE,
    a_dict,
    parts,
    type_of,
)
from stream.importing.found import LeftOut
from stream.importing.helpdesk import Part
from stream.importing.nameless import Nameless
from stream.importing.thread import Thread, moment
from stream.sla.events import (
    AttributesEvent,
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
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
    "Channel::WebWidget": Channel.WEBCHAT,
    "Channel::Email": Channel.EMAIL,
    "Channel::FacebookPage": Channel.MESSENGER,
    "Channel::Instagram": Channel.INSTAGRAM,
    "Channel::Whatsapp": Channel.WHATSAPP,
    "Channel::TwilioSms": Channel.SMS,
    "Channel::Sms": Channel.SMS,
    "Channel::Telegram": Channel.TELEGRAM,
}
_BOTS = {"agent_bot", "captain_assistant"}
_STATUSES = {
    "conversation_resolved": Status.RESOLVED,
    "conversation_opened": Status.OPEN,
    "conversation_bot_handoff": Status.OPEN,
}
"""Reporting events that say a status, at their `event_end_time`."""
_RATINGS = (1, 2, 3, 4, 5)
_SYSTEM = Author(kind=AuthorKind.SYSTEM)


class Chatwoot:
    """What is particular to it (`helpdesk.py`), for the files of one account.

    `bots`: ids of users who are bots, where a bot writes by a user's token.
    """

    def __init__(self, nameless: Nameless, bots: frozenset[str] = frozenset()) -> None:
        self._nameless = nameless
        self._bots = bots
        self._channels: dict[str, Channel] = {}
        self._inboxes: dict[str, str] = {}
        self._contacts: dict[str, str] = {}

    def parts(self, body: object) -> Iterator[Part]:
        return parts(body)

    def learn(self, kind: str, part: dict[str, Any]) -> None:
        """Which channel an inbox is, and whose a conversation is."""
        if kind == "inbox":
            self._know_channel(part.get("id"), part.get("channel_type"))
        elif kind == "conversation":
            meta = a_dict(part.get("meta"))
            self._know_channel(part.get("inbox_id"), meta.get("channel"))
            self._know(part.get("id"), part.get("inbox_id"), meta.get("sender"))
        elif kind == "message":
            incoming = type_of(part) == INCOMING
            sender = part.get("sender") if incoming else None
            self._know(part.get("conversation_id"), part.get("inbox_id"), sender)

    def _know_channel(self, inbox: object, channel: object) -> None:
        if (id_ := if_fit(inbox)) and isinstance(channel, str):
            self._channels[id_] = CHANNELS.get(channel, Channel.OTHER)

    def _know(self, number: object, inbox: object, sender: object) -> None:
        conversation, contact = if_fit(number), if_fit(a_dict(sender).get("id"))
        if conversation and (id_ := if_fit(inbox)):
            self._inboxes[conversation] = id_
        if conversation and contact:
            self._contacts[conversation] = contact

    def events(self, kind: str, part: dict[str, Any]) -> Iterator[Event | LeftOut]:
        """One or two for a message, none for an inbox."""
        match kind:
            case "message":
                yield from self._message(part)
            case "conversation":
                yield from self._labels(part)
            case "survey":
                yield self._survey(part)
            case "reporting event":
                yield self._status(part)
            case "inbox":
                return
            case _:
                yield LeftOut(kind)

    def _thread(self, number: object) -> Thread:
        conversation = needed(number)
        inbox = self._inboxes.get(conversation)
        if inbox is None:
            raise PartIgnoredError("no file names the inbox of its conversation")
        return Thread(
            nameless=self._nameless,
            helpdesk="chatwoot",
            number=conversation,
            channel=self._channels.get(inbox, Channel.OTHER),
            account=inbox,
            customer=self._contacts.get(conversation),
        )

    def _message(self, part: dict[str, Any]) -> Iterator[Event | LeftOut]:
        type_ = type_of(part)
        if type_ == ACTIVITY:
            yield LeftOut("activity messages: sentences in the language of the account")
            return
        of, at, id_ = (
            self._thread(part.get("conversation_id")),
            moment(part.get("created_at")),
            needed(part.get("id")),
        )
        author, nature = self._author(type_, part)
        incoming = type_ == INCOMING
        yield MessageEvent(
            **of.event(f"message:{id_}", at),
            message_id=id_,
            direction=Direction.INBOUND if incoming else Direction.OUTBOUND,
            author=author,
            nature=nature,
        )
        if part.get("status") == DeliveryState.FAILED:
            yield DeliveryEvent(
                **of.event(f"message:{id_}:failed", at),
                message_id=id_,
                state=DeliveryState.FAILED,
            )

    def _author(self, type_: int, part: dict[str, Any]) -> tuple[Author, Nature]:
        """Who wrote, and what sort of message it is (semantics 2.1)."""
        sender = a_dict(part.get("sender"))
        kind, id_ = word(sender.get("type")).lower(), if_fit(sender.get("id"))
        more = a_dict(part.get("additional_attributes"))
        nature = Nature.PLAIN
        if part.get("private") is True:
            nature = Nature.NOTE
        elif part.get("content_type") == "voice_call":
            nature = Nature.CALL
        elif more.get("campaign_id"):
            nature = Nature.CAMPAIGN
        elif more.get("template_params"):
            nature = Nature.TEMPLATE
        if type_ == INCOMING:
            return CUSTOMER, nature
        if type_ == TEMPLATE or not sender:
            # Greetings, away messages and surveys; automation rules have no sender.
            plain = nature is Nature.PLAIN
            return _SYSTEM, Nature.AUTOMATION if plain else nature
        if id_ in self._bots or kind in _BOTS:
            return Author(kind=AuthorKind.BOT, id=id_), nature
        if kind == "user":
            return Author(kind=AuthorKind.AGENT, id=id_), nature
        return UNKNOWN, nature

    def _labels(self, part: dict[str, Any]) -> Iterator[Event]:
        tags = tuple(filter(None, map(if_fit, a_list(part.get("labels")))))
        if tags:
            of = self._thread(part.get("id"))
            yield AttributesEvent(
                **of.event(f"labels:{of.number}", moment(part.get("created_at"))),
                tags=tags,
            )

    def _survey(self, part: dict[str, Any]) -> Event:
        of, rating = self._thread(part.get("conversation_id")), part.get("rating")
        if isinstance(rating, bool) or rating not in _RATINGS:
            raise PartIgnoredError("its rating is none of 1 to 5")
        return SurveyEvent(
            **of.event(
                f"csat:{needed(part.get('id'))}", moment(part.get("created_at"))
            ),
            scale=Scale.CSAT,
            score=rating,
        )

    def _status(self, part: dict[str, Any]) -> Event | LeftOut:
        status = _STATUSES.get(word(part.get("name")))
        if status is None:
            return LeftOut("reporting events that say no status")
        if "of" not in part:
            return LeftOut("reporting events that are not beside their conversation")
        of = self._thread(part["of"])
        at = moment(part.get("event_end_time"))
        name = f"reporting-event:{needed(part.get('id'))}"
        return StatusEvent(**of.event(name, at), status=status)
