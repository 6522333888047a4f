"""What is said about one of the business's WhatsApp numbers -> events.

Messages, echoes of the business's app, statuses, and who became whom (channels.md 1.2
to 1.5).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stream.channels.conversation import BOT, CUSTOMER, Conversation
from stream.channels.fields import (
    PartIgnoredError,
    an_object,
    identifier,
    if_fit,
    instant,
    needed,
    word,
)
from stream.channels.opt_outs import opt_out
from stream.channels.reading import Reading
from stream.channels.whatsapp_calls import (
    read_call_status,
    read_customers_call,
    read_own_call,
)
from stream.channels.whatsapp_contacts import Contacts, bare, is_phone
from stream.channels.whatsapp_statuses import read_status
from stream.sla.events import Author, Direction, Event, Nature

OWN_NUMBER = "own_number"
USER_ID_UPDATE = "user_id_update"
NOT_SAID = ("system", "request_welcome")
"""What WhatsApp itself says among the messages."""

PARTS = ("messages", "statuses", "message_echoes", "calls", USER_ID_UPDATE)

# Not turns (channels.md 0.10, 1.2). Every other type is one, known or not: an
# `unsupported` message is often the first that a customer writes.
_NATURES = {
    "reaction": Nature.REACTION,
    "edit": Nature.EDIT,
    "revoke": Nature.DELETION,
}
_CHANGES = frozenset(
    {"user_changed_number", "customer_changed_number", "user_changed_user_id"}
)
_BOTS = frozenset({"created_by_1p_bot"})
"""How Meta marks what its own bot wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One of the business's phone numbers, and the parts that speak about it."""

    reading: Reading
    account: str
    displayed: str | None
    contacts: Contacts
    is_alone: bool
    """Whether the change has one part only, so that a contact beside it is its own."""
    app_author: Author
    """Who wrote what the business's app, or another, has sent."""

    @classmethod
    def of(
        cls, reading: Reading, value: dict[str, Any], app_author: Author
    ) -> "Number":
        metadata = an_object(value.get("metadata"))
        displayed = if_fit(metadata.get("display_phone_number"))
        parts = (value.get(name) for name in PARTS)
        return cls(
            reading=reading,
            account=needed(metadata.get("phone_number_id"), longest=64),
            displayed=displayed and bare(displayed),
            contacts=Contacts(value.get("contacts")),
            is_alone=sum(len(p) for p in parts if isinstance(p, list)) == 1,
            app_author=app_author,
        )

    def inbound(self, message: dict[str, Any]) -> Iterator[Event]:
        said = _type(message)
        if said in NOT_SAID:
            self._changed(message)
            told = message.get("system")
            wish = told.get("marketing") if isinstance(told, dict) else None
            raise PartIgnoredError(opt_out(wish) or said)
        wamid = needed(message.get("id"))
        if self._is_own(message.get("from")):
            raise PartIgnoredError(OWN_NUMBER)
        at = instant(message.get("timestamp"))
        writer = ("from", "from_user_id", "from_parent_user_id")
        customer = identifier(message.get("group_id")) or self._customer(
            message, at, *writer
        )
        yield self.reading.conversation(self.account, customer).message(
            wamid,
            message_id=wamid,
            at=at,
            direction=Direction.INBOUND,
            author=CUSTOMER,
            nature=_NATURES.get(said, Nature.PLAIN),
            contact=self._sealed(message, *writer),
        )

    def echo(self, message: dict[str, Any]) -> Iterator[Event]:
        """Read what was typed in the business's app (channels.md 1.4)."""
        wamid = needed(message.get("id"))
        to = "to"
        if self._is_own(message.get("to")):
            # Samples exist with both swapped; the field's name gives the direction.
            to = "from"
        at = instant(message.get("timestamp"))
        customer = self._customer(message, at, to, "to_user_id", "to_parent_user_id")
        is_bot = word(message.get("message_creation_type")) in _BOTS
        yield self.reading.conversation(self.account, customer).message(
            f"{wamid}:echo",
            message_id=wamid,
            at=at,
            direction=Direction.OUTBOUND,
            author=BOT if is_bot else self.app_author,
            nature=_NATURES.get(_type(message), Nature.PLAIN),
        )

    def status(self, status: dict[str, Any]) -> Iterator[Event]:
        participant = if_fit(status.get("recipient_participant_id")) or if_fit(
            status.get("recipient_participant_user_id")
        )
        if participant or word(status.get("recipient_type")) == "group":
            # The contact beside it is the member's, and no name of the group.
            customer = needed(status.get("recipient_id"))
        else:
            customer = self._customer(
                status,
                instant(status.get("timestamp")),
                "recipient_id",
                "recipient_user_id",
                "recipient_parent_user_id",
                "parent_recipient_user_id",
            )
        return read_status(
            status,
            conversation=self.reading.conversation(self.account, customer),
            participant=participant
            and self.reading.pseudonym(self.account, participant),
        )

    def call(self, call: dict[str, Any]) -> Iterator[Event]:
        said = word(call.get("direction"))
        is_own = said == "BUSINESS_INITIATED" or (
            not said and self._is_own(call.get("from"))
        )
        side, other = ("to", "from") if is_own else ("from", "to")
        if self._is_own(call.get(side)):
            side = other  # as with echoes: samples exist with both swapped
        keys = (side, f"{side}_user_id", f"{side}_parent_user_id")
        conversation = self._talk(call, *keys)
        if is_own:
            return read_own_call(call, conversation)
        return read_customers_call(call, conversation, self._sealed(call, *keys))

    def call_status(self, status: dict[str, Any]) -> Iterator[Event]:
        conversation = self._talk(status, "recipient_id", "recipient_user_id")
        return read_call_status(status, conversation)

    def _talk(self, part: dict[str, Any], *keys: str) -> Conversation:
        customer = self._customer(part, instant(part.get("timestamp")), *keys)
        return self.reading.conversation(self.account, customer)

    def _is_own(self, number: object) -> bool:
        return self.displayed is not None and bare(word(number)) == self.displayed

    def _customer(self, part: dict[str, Any], at: datetime, *keys: str) -> str:
        """The surest name of whom a part is about; all others become links."""
        given = [part.get(key) for key in keys]
        names = self.contacts.customer(given, is_alone=self.is_alone)
        has_phone = is_phone(names[0])
        self.reading.link(self.account, names, at, has_phone=has_phone)
        return names[0]

    def _sealed(self, part: dict[str, Any], *keys: str) -> bytes | None:
        """Who says it: of a group, the one who waits."""
        if self.reading.options.seal is None:
            return None  # for each message
        given = [part.get(key) for key in keys]
        contact = self.contacts.contact(given, is_alone=self.is_alone)
        return self.reading.sealed(self.account, contact)

    def _changed(self, message: dict[str, Any]) -> None:
        """Read how WhatsApp tells that a customer has another number, or user id."""
        told = message.get("system")
        if not isinstance(told, dict) or word(told.get("type")) not in _CHANGES:
            return
        before = [message.get(key) for key in ("from", "from_user_id")]
        after = [told.get(key) for key in ("wa_id", "new_wa_id", "user_id")]
        self._became(before, after, instant(message.get("timestamp")))

    def other_user_id(self, update: dict[str, Any]) -> Iterator[Event]:
        """Read a `user_id_update`: no event, but who it is (channels.md 1.5)."""
        at = instant(update.get("timestamp"))
        for key in ("user_id", "parent_user_id"):
            change = update.get(key)
            if isinstance(change, dict):
                before = [update.get("wa_id"), change.get("previous")]
                self._became(before, [change.get("current")], at)
        raise PartIgnoredError(USER_ID_UPDATE)

    def _became(self, before: list[object], after: list[object], at: datetime) -> None:
        known = [bare(name) for each in before if (name := if_fit(each)) is not None]
        new = [bare(name) for each in after if (name := if_fit(each)) is not None]
        if known:
            has_phone = is_phone(known[0])
            names = [*known, *new]
            link = self.reading.link
            link(self.account, names, at, has_phone=has_phone, is_told=True)


def _type(message: dict[str, Any]) -> str:
    """What sort of message it is; some come without saying so (channels.md 1.2)."""
    said = word(message.get("type"))
    return said or next(filter(message.__contains__, (*_NATURES, *NOT_SAID)), "")
