"""One webhook body on its way to events: what came out, and what was left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from stream.channels.contact import NOBODY, Contact, Seal
from stream.channels.conversation import Conversation
from stream.channels.fields import (
    MALFORMED,
    PartIgnoredError,
    TooManyPartsError,
    a_list,
    an_object,
    decoded,
)
from stream.channels.pseudonym import pseudonym
from stream.sla.events import AuthorKind, Channel, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the wire cannot tell and the owner knows."""

    apps: Mapping[str, AuthorKind] = field(default_factory=dict)
    """Who writes through an app of Messenger, by its id; `NO_APP`: what names none."""
    seal: Seal | None = None
    """Seals who a customer is (ADR 16); None: nobody is told."""


MOST_PARTS = 5000
"""Of one body. Meta sends 1,000 updates at most, and 3 MiB may hold a million."""

_MOST_MALFORMED = 3
"""That are told of one body; all are counted."""
DEFAULT_OPTIONS = Options()
NO_APP = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Names of one customer, as ids of conversations, the surest first.

    `has_phone`: the first is a phone number's. `is_told`: the source says that the
    first became the others; otherwise they stood side by side.
    """

    channel: Channel
    account: str
    names: tuple[str, ...]
    at: datetime
    has_phone: bool = False
    is_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Events in the order of the body, and how many parts gave none, by reason.

    `links`: which conversations in it are one customer's (`stream.channels.people`).
    `malformed`: the first parts that ought to give an event, as they came.
    """

    events: tuple[Event, ...]
    ignored: Mapping[str, int]
    links: tuple[Link, ...] = ()
    malformed: tuple[object, ...] = ()


class Parse(Protocol):
    """What every source has: a pure function from a body to events.

    `body` is the bytes on the wire or their decoded JSON value. Raises
    `NotJsonError` for bytes that are no JSON, `TooManyPartsError`, and nothing else:
    a part of an unexpected shape is counted as `malformed`. The same body gives the
    same `event_id`s, whenever it comes.
    """

    def __call__(
        self,
        body: object,
        *,
        id_secret: bytes,
        received_at: datetime,
        options: Options = DEFAULT_OPTIONS,
    ) -> Parsed: ...


@dataclass(slots=True, kw_only=True)
class Reading:
    """Collects while the parts of a body are read."""

    channel: Channel
    id_secret: bytes
    received_at: datetime
    options: Options
    events: list[Event] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    links: list[Link] = field(default_factory=list)
    malformed: list[object] = field(default_factory=list)
    parts: int = 0

    def whole(self, body: object, read: Callable[[dict[str, Any]], None]) -> Parsed:
        """Return what `read` makes of the body's object."""
        try:
            read(an_object(decoded(body) if isinstance(body, bytes) else body))
        except PartIgnoredError as left_out:
            self.ignored[left_out.reason] += 1
        return Parsed(
            events=tuple(self.events),
            ignored=self.ignored,
            links=tuple(self.links),
            malformed=tuple(self.malformed),
        )

    def each(
        self, parts: object, read: Callable[[dict[str, Any]], Iterable[Event]]
    ) -> None:
        """`read` for every part; one that gives none is counted, the rest go on."""
        try:
            listed = a_list(parts)
        except PartIgnoredError as left_out:
            self.ignored[left_out.reason] += 1
            return
        self.holds(len(listed))
        for part in listed:
            try:
                self.events.extend(tuple(read(an_object(part))))
            except PartIgnoredError as left_out:
                self.ignored[left_out.reason] += 1
                is_odd = left_out.reason == MALFORMED
                if is_odd and len(self.malformed) < _MOST_MALFORMED:
                    self.malformed.append(part)

    def holds(self, parts: int) -> None:
        """So many more are to be read; raises `TooManyPartsError`."""
        self.parts += parts
        if self.parts > MOST_PARTS:
            raise TooManyPartsError(f"more than {MOST_PARTS} parts")

    def leave_out(self, reason: str, parts: int = 1) -> None:
        """Count parts that give no event."""
        self.ignored[reason] += parts

    def pseudonym(self, account: str, customer: str) -> str:
        return pseudonym(self.id_secret, self.channel, account, customer)

    def conversation(self, account: str, customer: str) -> Conversation:
        """Return the thread of `customer`, as the source names them."""
        return Conversation(
            channel=self.channel,
            account=account,
            customer=self.pseudonym(account, customer),
            received_at=self.received_at,
        )

    def sealed(self, account: str, contact: Contact) -> bytes | None:
        """Who the customer is, for those who have the key; None where nobody has."""
        seal = self.options.seal
        if seal is None or contact == NOBODY:
            return None
        return seal(contact, self.channel, account)

    def link(
        self,
        account: str,
        names: Iterable[str],
        at: datetime,
        *,
        has_phone: bool = False,
        is_told: bool = False,
    ) -> None:
        """Remember that `names` are of one customer, where there are several."""
        different = dict.fromkeys(names)
        if len(different) < 2:  # noqa: PLR2004  nearly always; a pseudonym costs 5 us
            return
        ids = dict.fromkeys(self.conversation(account, name).id for name in different)
        if len(ids) > 1:
            link = Link(
                channel=self.channel,
                account=account,
                names=tuple(ids),
                at=at,
                has_phone=has_phone,
                is_told=is_told,
            )
            self.links.append(link)
