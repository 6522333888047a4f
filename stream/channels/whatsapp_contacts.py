"""Who a part of a WhatsApp change is about, by whatever ids it has (channels.md 1.5).

A customer is a phone number, a user id of the business's own (BSUID), or both; the
`contacts` beside the messages tell which belong together.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from stream.channels.contact import Contact, text
from stream.channels.fields import MALFORMED, PartIgnoredError, if_fit

_LONGEST_PHONE = 15
"""Digits (E.164); the ids of groups have more."""


_SIGNS = str.maketrans("", "", "+ -()")


def bare(phone: str) -> str:
    """Take `+`, spaces and dashes out of a phone number; leave other ids alone."""
    digits = phone.translate(_SIGNS)
    return digits if is_phone(digits) else phone


def is_phone(name: str) -> bool:
    """Whether it is a phone number's digits, and no user id or group's."""
    return name.isascii() and name.isdigit() and len(name) <= _LONGEST_PHONE


class Contacts:
    """The contacts of a change; a broken one only helps less."""

    def __init__(self, contacts: object) -> None:
        listed = contacts if isinstance(contacts, list) else []
        self._all = [_Card.of(each) for each in listed if isinstance(each, dict)]
        self._by_name: dict[str, _Card] = {}
        for card in self._all:
            for name in card.names:
                self._by_name.setdefault(name, card)

    def customer(self, given: Iterable[object], *, is_alone: bool) -> list[str]:
        """All names of who has the ids `given`, a phone number first.

        `is_alone`: the change speaks of nobody else, so its only contact is meant.
        Raises `PartIgnoredError` where nobody is named.
        """
        found, _ = self._known(given, is_alone=is_alone)
        if not found:
            raise PartIgnoredError(MALFORMED)
        return found

    def contact(self, given: Iterable[object], *, is_alone: bool) -> Contact:
        """Of whom `customer` gives the names, what a person finds them by."""
        names, profile = self._known(given, is_alone=is_alone)
        return Contact(
            name=text(profile.get("name")),
            number=next(filter(is_phone, names), None),
            handle=text(profile.get("username")),
        )

    def _known(
        self, given: Iterable[object], *, is_alone: bool
    ) -> tuple[list[str], Mapping[str, Any]]:
        names = _names(given)
        card = next((self._by_name[n] for n in names if n in self._by_name), _NONE)
        if card is _NONE and len(self._all) == 1 and (is_alone or not names):
            card = self._all[0]
        found = dict.fromkeys([*card.names, *names])
        return sorted(found, key=lambda name: not is_phone(name)), card.profile


class _Card(NamedTuple):
    """One contact: all its names, and how the customer appears."""

    names: list[str]
    profile: Mapping[str, Any]

    @classmethod
    def of(cls, contact: dict[str, Any]) -> "_Card":
        given = (contact.get(key) for key in ("wa_id", "user_id", "parent_user_id"))
        profile = contact.get("profile")
        return cls(_names(given), profile if isinstance(profile, dict) else {})


_NONE = _Card([], {})


def _names(given: Iterable[object]) -> list[str]:
    return [bare(name) for each in given if (name := if_fit(each)) is not None]
