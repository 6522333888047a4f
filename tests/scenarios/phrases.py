"""What happened, in a few words: `Ana replies r1` -> an event.

    customer c1 | customer call c2 | customer reaction c3
    Ana replies r1 | bot replies b1 | system automation s1 | someone template t1
    bot writes b1 | system writes s1 (to us: inbound, of a machine)
    delivery of r1 failed
    status on_hold
    assigned to Ben | assigned to nobody | moved to support
    priority high | tier vip | cleared tier | tags billing urgent
    no reply needed | merged into c2 | spam | purchase | survey | heartbeat

`someone` is an author the source cannot tell. More, after two spaces and parted by
commas: `arrives 09:20`, `in other` (the conversation), `event e1` (the event's id),
`queue support`, `tier vip` and the like (what the event says beside itself).
"""

import re
from typing import Any

from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    HeartbeatEvent,
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
from tests.scenarios.almanac import Almanac

_AUTHORS = {
    "bot": Author(kind=AuthorKind.BOT, id="bot"),
    "system": Author(kind=AuthorKind.SYSTEM),
    "someone": Author(kind=AuthorKind.UNKNOWN),
}
_SAID = ("queue", "assignee", "priority", "tier", "link")


class Scribe:
    """Writes the events of one scenario."""

    def __init__(self, almanac: Almanac, channel: str, account: str) -> None:
        self._almanac = almanac
        self._channel = Channel(channel)
        self._account = account
        self._number = 0

    def event(self, when: str, phrase: str, more: str = "") -> Event:
        """Raises `ValueError` for a phrase that is none of the above."""
        self._number += 1
        at = self._almanac.instant(when)
        envelope: dict[str, Any] = {
            "v": 1,
            "event_id": f"event-{self._number}",
            "occurred_at": from_ms(at),
            "conversation_id": "one",
            "channel": self._channel,
            "account": self._account,
        }
        for item in filter(None, more.split(", ")):
            name, _, value = item.partition(" ")
            match name:
                case "arrives":
                    envelope["received_at"] = from_ms(self._almanac.instant(value))
                case "in":
                    envelope["conversation_id"] = value
                case "event":
                    envelope["event_id"] = value
                case _ if name in _SAID:
                    envelope[name] = value
                case _:
                    raise ValueError(f"{item!r}: what is {name!r}?")
        return _event(phrase, envelope)


def _event(  # noqa: C901, PLR0911, PLR0912  one case a phrase
    phrase: str, envelope: dict[str, Any]
) -> Event:
    match phrase.split():
        case ["customer", *natures, name]:
            return _message(envelope, "customer", natures, name)
        case ["bot" | "system" as who, "writes", name]:
            return MessageEvent(
                **envelope,
                message_id=name,
                direction=Direction.INBOUND,
                author=_AUTHORS[who],
            )
        case ["delivery", "of", name, state]:
            state_of = DeliveryState(state)
            return DeliveryEvent(**envelope, message_id=name, state=state_of)
        case ["status", status]:
            return StatusEvent(**envelope, status=Status(status))
        case ["assigned", "to", who]:
            return AssignmentEvent(
                **{**envelope, "assignee": None if who == "nobody" else who}
            )
        case ["moved", "to", queue]:
            return AssignmentEvent(**{**envelope, "queue": queue})
        case ["priority" | "tier" as name, value]:
            return AttributesEvent(**{**envelope, name: value})
        case ["cleared", name]:
            return AttributesEvent(**{**envelope, name: None})
        case ["tags", *tags]:
            return AttributesEvent(**envelope, tags=tuple(tags))
        case ["no", "reply", "needed"]:
            return NoReplyNeededEvent(**envelope)
        case ["merged", "into", other]:
            return MergedEvent(**envelope, into=other)
        case ["spam"]:
            return SpamEvent(**envelope)
        case ["purchase"]:
            return PurchaseEvent(**envelope, amount=9.5, currency="EUR")
        case ["survey"]:
            return SurveyEvent(**envelope, scale=Scale.CSAT, score=5)
        case ["heartbeat"]:
            return HeartbeatEvent(**envelope)
        case [who, nature, name] if nature == "replies" or nature in list(Nature):
            return _message(envelope, who, [nature], name)
        case _:
            raise ValueError(f"{phrase!r}: no such thing can happen")


def _message(
    envelope: dict[str, Any], who: str, natures: list[str], name: str
) -> MessageEvent:
    if who == "customer":
        direction, author = Direction.INBOUND, Author(kind=AuthorKind.CUSTOMER)
    else:
        direction = Direction.OUTBOUND
        author = _AUTHORS.get(who) or Author(kind=AuthorKind.AGENT, id=who)
    if who[0].islower() and who != "customer" and who not in _AUTHORS:
        raise ValueError(f"{who!r}: write an agent's name with a capital")
    return MessageEvent(
        **envelope,
        message_id=name,
        direction=direction,
        author=author,
        nature=Nature(re.sub("^replies$", "plain", natures[0]) if natures else "plain"),
    )
