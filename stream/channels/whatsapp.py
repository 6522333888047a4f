"""WhatsApp Business Platform webhooks -> events (channels.md section 1).

A body holds entries, an entry changes, a change has a `field`, and the field says
what its arrays mean: `messages` under `history` are old and start no clock.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stream.channels.conversation import AGENT, CUSTOMER
from stream.channels.fields import (
    MALFORMED,
    PartIgnoredError,
    an_object,
    identifier,
    instant,
    needed,
    word,
)
from stream.channels.reading import DEFAULT_OPTIONS, Options, Parsed, Reading
from stream.channels.whatsapp_statuses import UNKNOWN_STATUS, read_status
from stream.sla.events import Channel, Direction, Event, Nature

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
_NOT_SAID = frozenset({"system", "request_welcome"})

REASONS = tuple(
    sorted(
        {
            MALFORMED,
            UNKNOWN_STATUS,
            "wrong_object",
            "unknown_field",
            "value_error",
            "nothing_in_it",
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
        reading.each(whole.get("entry"), read_entry)

    def read_entry(entry: dict[str, Any]) -> tuple[Event, ...]:
        reading.each(entry.get("changes"), read_change)
        return ()

    def read_change(change: dict[str, Any]) -> tuple[Event, ...]:
        field = word(change.get("field"))
        if field in _OTHER_FIELDS:
            raise PartIgnoredError(field)
        if field != "messages" and field not in _ECHO_FIELDS:
            raise PartIgnoredError("unknown_field")
        value = an_object(change.get("value"))
        _read_value(reading, value, is_echo=field in _ECHO_FIELDS)
        return ()

    return reading.whole(body, read_body)


def _read_value(reading: Reading, value: dict[str, Any], *, is_echo: bool) -> None:
    number = _Number.of(reading, value)
    arrays: dict[str, Callable[[dict[str, Any]], Iterator[Event]]] = (
        {"message_echoes": number.echo}
        if is_echo
        else {"messages": number.inbound, "statuses": number.status}
    )
    found = False
    for name, read in arrays.items():
        found = found or value.get(name) is not None
        reading.each(value.get(name), read)
    if not found:
        raise PartIgnoredError(
            "value_error" if value.get("errors") else "nothing_in_it"
        )


def _bare(phone: str) -> str:
    """Take `+`, spaces and dashes out of a phone number; leave other ids alone."""
    digits = phone.translate({ord(sign): None for sign in "+ -()"})
    return digits if digits.isdigit() else phone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """One of the business's phone numbers, and the parts that speak about it."""

    reading: Reading
    account: str
    displayed: str | None
    contacts: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, reading: Reading, value: dict[str, Any]) -> "_Number":
        metadata = an_object(value.get("metadata"))
        displayed = identifier(metadata.get("display_phone_number"))
        contacts = value.get("contacts")
        return cls(
            reading=reading,
            account=needed(metadata.get("phone_number_id"), longest=64),
            displayed=displayed and _bare(displayed),
            # They only help to name the customer: a broken one is no loss.
            contacts=tuple(
                contact
                for contact in (contacts if isinstance(contacts, list) else ())
                if isinstance(contact, dict)
            ),
        )

    def inbound(self, message: dict[str, Any]) -> Iterator[Event]:
        said = word(message.get("type"))
        if said in _NOT_SAID:
            raise PartIgnoredError(said)
        wamid = needed(message.get("id"))
        customer = identifier(message.get("group_id")) or self._customer(
            message.get("from"), message.get("from_user_id")
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
        """Read what a person typed in the business's app (channels.md 1.4)."""
        wamid = needed(message.get("id"))
        to = identifier(message.get("to"))
        if to is not None and _bare(to) == self.displayed:
            # Samples exist with both swapped; the field's name gives the direction.
            to = needed(message.get("from"))
        customer = self._customer(to, message.get("to_user_id"))
        yield self.reading.conversation(self.account, customer).message(
            f"{wamid}:echo",
            message_id=wamid,
            at=instant(message.get("timestamp")),
            direction=Direction.OUTBOUND,
            author=AGENT,
            nature=_NATURES.get(word(message.get("type")), Nature.PLAIN),
        )

    def status(self, status: dict[str, Any]) -> Iterator[Event]:
        customer = self._customer(
            status.get("recipient_id"), status.get("recipient_user_id")
        )
        participant = identifier(status.get("recipient_participant_id")) or identifier(
            status.get("recipient_participant_user_id")
        )
        return read_status(
            status,
            conversation=self.reading.conversation(self.account, customer),
            participant=participant
            and self.reading.pseudonym(self.account, participant),
        )

    def _customer(self, phone: object, user_id: object) -> str:
        """Choose the phone number if any part of the change tells it, else the id."""
        user = identifier(user_id)
        found = identifier(phone)
        if found is None:
            found = self._known_phone(user) or user
        return _bare(needed(found))

    def _known_phone(self, user: str | None) -> str | None:
        for contact in self.contacts:
            if user is not None and contact.get("user_id") == user:
                return identifier(contact.get("wa_id"))
        return None
