"""WhatsApp Business Platform webhooks -> events (channels.md section 1).

A body holds entries, an entry changes, a change has a `field`, and the field says
what its arrays mean: `messages` under `history` are old and start no clock.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stream.channels.conversation import AGENT, BOT, CUSTOMER, UNKNOWN
from stream.channels.fields import (
    MALFORMED,
    NOTHING_IN_IT,
    PartIgnoredError,
    an_object,
    identifier,
    if_fit,
    instant,
    needed,
    word,
)
from stream.channels.reading import DEFAULT_OPTIONS, Options, Parsed, Reading
from stream.channels.whatsapp_contacts import Contacts, bare
from stream.channels.whatsapp_statuses import (
    FAILED_FOR_ONE,
    UNKNOWN_STATUS,
    read_status,
)
from stream.sla.events import Author, Channel, Direction, Event, Nature

OBJECT = "whatsapp_business_account"

_ECHO_FIELDS = frozenset({"smb_message_echoes", "message_echoes"})
_OTHER_FIELDS = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "automatic_events",
        "business_capability_update",
        "business_username_update",
        "calls",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "history",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "partner_solutions",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "smb_app_state_sync",
        "template_category_update",
        "user_id_update",
        "user_preferences",
    }
)
# Not turns (channels.md 0.10, 1.2). Every other type is one, known or not: an
# `unsupported` message is often the first that a customer writes.
_NATURES = {
    "reaction": Nature.REACTION,
    "edit": Nature.EDIT,
    "revoke": Nature.DELETION,
}
_NOT_SAID = ("system", "request_welcome")
_BOTS = frozenset({"created_by_1p_bot"})
"""How Meta marks what its own bot wrote."""
_TEST_ACCOUNTS = ("0", 0)
"""The console's "Test" button sends from there (`wire-findings.md` F9)."""
_PARTS = ("messages", "statuses", "message_echoes")
_BESIDE = frozenset({"contacts", "errors"})

MISPLACED = "misplaced"
OWN_NUMBER = "own_number"
TEST_EVENT = "test_event"
VALUE_ERROR = "value_error"

REASONS = tuple(
    sorted(
        {
            MALFORMED,
            UNKNOWN_STATUS,
            FAILED_FOR_ONE,
            MISPLACED,
            NOTHING_IN_IT,
            OWN_NUMBER,
            TEST_EVENT,
            VALUE_ERROR,
            "wrong_object",
            "unknown_field",
            *_NOT_SAID,
            *_OTHER_FIELDS,
        }
    )
)


def parse(
    body: object,
    *,
    id_secret: bytes,
    received_at: datetime,
    options: Options = DEFAULT_OPTIONS,
) -> Parsed:
    """`stream.channels.reading.Parse` for WhatsApp."""
    reading = Reading(
        channel=Channel.WHATSAPP,
        id_secret=id_secret,
        received_at=received_at,
        options=options,
    )

    def read_body(whole: dict[str, Any]) -> None:
        if whole.get("object") != OBJECT:
            raise PartIgnoredError("wrong_object")
        if not whole.get("entry"):
            raise PartIgnoredError(NOTHING_IN_IT)
        reading.each(whole["entry"], read_entry)

    def read_entry(entry: dict[str, Any]) -> tuple[Event, ...]:
        if entry.get("id") in _TEST_ACCOUNTS:
            raise PartIgnoredError(TEST_EVENT)
        if not entry.get("changes"):
            raise PartIgnoredError(NOTHING_IN_IT)
        reading.each(entry["changes"], read_change)
        return ()

    def read_change(change: dict[str, Any]) -> tuple[Event, ...]:
        field = word(change.get("field"))
        if field in _OTHER_FIELDS:
            raise PartIgnoredError(field)
        if field != "messages" and field not in _ECHO_FIELDS:
            raise PartIgnoredError("unknown_field")
        _read_value(reading, an_object(change.get("value")), field)
        return ()

    return reading.whole(body, read_body)


def _read_value(reading: Reading, value: dict[str, Any], field: str) -> None:
    is_app = field == "smb_message_echoes"
    number = _Number.of(reading, value, AGENT if is_app else UNKNOWN)
    arrays: dict[str, Callable[[dict[str, Any]], Iterator[Event]]] = (
        {"message_echoes": number.echo}
        if field in _ECHO_FIELDS
        else {"messages": number.inbound, "statuses": number.status}
    )
    listed = {
        name: parts
        for name, parts in value.items()
        if isinstance(parts, list) and parts and name not in _BESIDE
    }
    for name, read in arrays.items():
        if value.get(name) is not None:
            reading.each(value[name], read)
    for name in listed.keys() - arrays.keys():
        # Under another field it is what it says; here nobody knows.
        reading.leave_out(MISPLACED, len(listed[name]))
    if not listed and all(value.get(name) is None for name in arrays):
        raise PartIgnoredError(VALUE_ERROR if value.get("errors") else NOTHING_IN_IT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
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
    ) -> "_Number":
        metadata = an_object(value.get("metadata"))
        displayed = if_fit(metadata.get("display_phone_number"))
        parts = (value.get(name) for name in _PARTS)
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
        if said in _NOT_SAID:
            raise PartIgnoredError(said)
        wamid = needed(message.get("id"))
        if self.displayed and bare(word(message.get("from"))) == self.displayed:
            raise PartIgnoredError(OWN_NUMBER)
        customer = identifier(message.get("group_id")) or self._customer(
            message, "from", "from_user_id", "from_parent_user_id"
        )
        yield self.reading.conversation(self.account, customer).message(
            wamid,
            message_id=wamid,
            at=instant(message.get("timestamp")),
            direction=Direction.INBOUND,
            author=CUSTOMER,
            nature=_NATURES.get(said, Nature.PLAIN),
        )

    def echo(self, message: dict[str, Any]) -> Iterator[Event]:
        """Read what was typed in the business's app (channels.md 1.4)."""
        wamid = needed(message.get("id"))
        to = "to"
        if self.displayed and bare(word(message.get("to"))) == self.displayed:
            # Samples exist with both swapped; the field's name gives the direction.
            to = "from"
        customer = self._customer(message, to, "to_user_id", "to_parent_user_id")
        is_bot = word(message.get("message_creation_type")) in _BOTS
        yield self.reading.conversation(self.account, customer).message(
            f"{wamid}:echo",
            message_id=wamid,
            at=instant(message.get("timestamp")),
            direction=Direction.OUTBOUND,
            author=BOT if is_bot else self.app_author,
            nature=_NATURES.get(_type(message), Nature.PLAIN),
        )

    def status(self, status: dict[str, Any]) -> Iterator[Event]:
        customer = self._customer(
            status,
            "recipient_id",
            "recipient_user_id",
            "recipient_parent_user_id",
            "parent_recipient_user_id",
        )
        participant = if_fit(status.get("recipient_participant_id")) or if_fit(
            status.get("recipient_participant_user_id")
        )
        return read_status(
            status,
            conversation=self.reading.conversation(self.account, customer),
            participant=participant
            and self.reading.pseudonym(self.account, participant),
        )

    def _customer(self, part: dict[str, Any], *keys: str) -> str:
        given = [part.get(key) for key in keys]
        return self.contacts.customer(given, is_alone=self.is_alone)


def _type(message: dict[str, Any]) -> str:
    """What sort of message it is; some come without saying so (channels.md 1.2)."""
    said = word(message.get("type"))
    return said or next(filter(message.__contains__, (*_NATURES, *_NOT_SAID)), "")
