"""Which conversations are one customer's (ADR 15). Pure: who keeps it is the caller's.

A part of a webhook may name its customer twice, by phone number and by user id, or say
that one name became another. `People` learns from that which conversation is a part of
which, once and for all in the order in which it learns:

    US.1349 ──▶ +1555…        said in one breath: the phone number's is the conversation
    +1333… ──▶ +1555…         "changed number": the older one's stays

Two customers who each have a phone number are never made one because a message names
both: the number it bears is meant.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from stream.channels.reading import Link, Parsed
from stream.sla.events import Event, MergedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """`name` is a part of the conversation `of`, which has a phone number or not."""

    name: str
    of: str
    has_phone: bool

    def merged(self, link: Link) -> MergedEvent:
        """The event that says so to the rules."""
        return MergedEvent(
            v=1,
            event_id=f"{self.name}:is:{self.of}",
            occurred_at=link.at,
            conversation_id=self.name,
            channel=link.channel,
            account=link.account,
            into=self.of,
            same_customer=True,
        )


class _Known(Struct, omit_defaults=True):
    """An alias as it is written; its key is the name."""

    v: Literal[1]
    of: str
    has_phone: bool = False


_decode = msgspec.json.Decoder(_Known).decode


def encode_alias(alias: Alias) -> bytes:
    """The value of its record; the key is `alias.name`."""
    return msgspec.json.encode(_Known(v=1, of=alias.of, has_phone=alias.has_phone))


def decode_alias(key: bytes, value: bytes) -> Alias:
    """Raises `ValueError` for what is no alias of version 1; it quotes nothing."""
    try:
        known = _decode(value)
    except msgspec.DecodeError as error:
        raise ValueError("not an alias of version 1") from error
    return Alias(name=key.decode(), of=known.of, has_phone=known.has_phone)


class People:
    """What is known of names; about 200 bytes for each that is not its own."""

    def __init__(self, known: Iterable[Alias] = ()) -> None:
        self._of: dict[str, str] = {}
        self._with_phone: set[str] = set()
        for alias in known:
            self.take(alias)

    def take(self, alias: Alias) -> None:
        """Believe what was learned before, here or elsewhere.

        An alias of a name to itself gives it back (by hand: ADR 15).
        """
        if alias.of == alias.name:
            self._of.pop(alias.name, None)
        elif alias.name not in self._way(alias.of):  # never a circle
            self._of[alias.name] = alias.of
        if alias.has_phone:
            self._with_phone.add(alias.of)

    def forget(self, alias: Alias) -> None:
        """It was not kept: whoever says it again teaches it again."""
        if self._of.get(alias.name) == alias.of:
            del self._of[alias.name]

    def conversation(self, name: str) -> str:
        """The conversation that `name` is a part of; itself where nothing is known."""
        *_, root = self._way(name)
        return root

    def _way(self, name: str) -> Iterator[str]:
        """From a name to its conversation, both included."""
        known: str | None = name
        while known is not None:
            yield known
            known = self._of.get(known)

    def learn(self, link: Link) -> list[Alias]:
        """What is new in `link`: each is taken, to be kept, and told to the rules."""
        roots = list(dict.fromkeys(map(self.conversation, link.names)))
        into = self._chosen(link, roots)
        has_phone = link.has_phone or into in self._with_phone
        found = []
        for root in roots:
            is_another = root in self._with_phone and not link.is_told
            if root == into or is_another:
                continue
            alias = Alias(name=root, of=into, has_phone=has_phone)
            self.take(alias)
            found.append(alias)
        return found

    def _chosen(self, link: Link, roots: list[str]) -> str:
        if link.has_phone or link.is_told:
            return roots[0]
        return next((root for root in roots if root in self._with_phone), roots[0])


def in_one(parsed: Parsed, people: People) -> tuple[list[Event], list[Alias]]:
    """The events of a body, each in its customer's conversation; what was learned.

    Joins come first, so that what follows meets what they bring.
    """
    events: list[Event] = []
    learned: list[Alias] = []
    for link in parsed.links:
        found = people.learn(link)
        learned += found
        events += [alias.merged(link) for alias in found]
    for event in parsed.events:
        name = event.conversation_id
        own = people.conversation(name)
        if own == name:  # nearly always
            events.append(event)
        else:
            customer = own.rpartition(":")[2]
            events.append(replace(event, conversation_id=own, customer=customer))
    return events, learned
