"""The customer of an alert: opened here, and shown as far as the rules file says."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from alerts.alert import Alert
from stream.channels.contact import (
    NOBODY,
    Contact,
    ContactKeys,
    Unopened,
    UnopenedError,
)
from stream.config import Config
from stream.config.alerts import ShowCustomer

_LAST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a message says of the customer, and where its queue's button leads."""

    customer: str | None = None
    link: str | None = None


class Customers:
    """Opens contacts with `keys`; `unopened` is told of each that stays closed."""

    def __init__(
        self, keys: ContactKeys, config: Config, unopened: Callable[[Unopened], None]
    ) -> None:
        self._keys = keys
        self._unopened = unopened
        self.take(config)

    def take(self, config: Config) -> None:
        """What the rules file shows, in messages from now on."""
        self._show = config.alerts.show_customer
        self._links = {name: queue.link for name, queue in config.queues.items()}

    def shown(self, alert: Alert) -> Shown:
        """What its contact allows; a contact that cannot be opened is none."""
        fact = alert.ground
        template = None if fact.link else self._links.get(fact.queue)
        contact = NOBODY
        if self._show != "none" or (template and "{number}" in template):
            contact = self._opened(alert)
        conversation = fact.conversation_id
        link = None if template is None else _filled(template, contact, conversation)
        return Shown(customer=said_of(contact, self._show), link=link)

    def _opened(self, alert: Alert) -> Contact:
        # An earlier event may have come after the breach was told.
        sealed = alert.last.contact or alert.ground.contact
        if sealed is None:
            return NOBODY
        try:
            return self._keys.open(sealed, alert.ground.channel, alert.ground.account)
        except UnopenedError as error:
            self._unopened(error.reason)
            return NOBODY


def said_of(contact: Contact, show: ShowCustomer) -> str | None:
    """In words: `Ana …2222`. None where nothing of it is to be said."""
    number, handle = contact.number, contact.handle
    if number is not None and show != "number":
        number = f"\N{HORIZONTAL ELLIPSIS}{number[-_LAST:]}"
    if handle is not None:
        handle = f"@{handle.removeprefix('@')}"
    match show:
        case "none":
            parts = []
        case "last4":
            parts = [number]
        case "name" | "number":
            parts = [contact.name, number or handle]
    return " ".join(part for part in parts if part) or None


def _filled(template: str, contact: Contact, conversation: str) -> str | None:
    """The address; None where it wants a number that is not known."""
    number = contact.number
    if number is None and "{number}" in template:
        return None
    values = {
        "number": number or "",
        # The last part of our ids (ADR 5), whoever made the event.
        "customer": conversation.rpartition(":")[2],
        "conversation": conversation,
    }
    quoted = {name: quote(value, safe="") for name, value in values.items()}
    return template.format_map(quoted)
