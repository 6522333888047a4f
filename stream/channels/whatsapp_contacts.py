"""Who a part of a WhatsApp change is about, by whatever ids it has (channels.md 1.5).

A customer is a phone number, a user id of the business's own (BSUID), or both; the
`contacts` beside the messages tell which belong together.
"""

from collections.abc import Iterable
from typing import Any

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
        self._names = [_names(each) for each in listed if isinstance(each, dict)]
        self._by_name: dict[str, list[str]] = {}
        for names in self._names:
            for name in names:
                self._by_name.setdefault(name, names)

    def customer(self, given: Iterable[object], *, is_alone: bool) -> list[str]:
        """All names of who has the ids `given`, a phone number first.

        `is_alone`: the change speaks of nobody else, so its only contact is meant.
        Raises `PartIgnoredError` where nobody is named.
        """
        names = [bare(name) for each in given if (name := if_fit(each)) is not None]
        known = next((self._by_name[n] for n in names if n in self._by_name), [])
        if not known and len(self._names) == 1 and (is_alone or not names):
            known = self._names[0]
        found = [*known, *names]
        if not found:
            raise PartIgnoredError(MALFORMED)
        return sorted(dict.fromkeys(found), key=lambda name: not is_phone(name))


def _names(contact: dict[str, Any]) -> list[str]:
    given = (contact.get(key) for key in ("wa_id", "user_id", "parent_user_id"))
    return [bare(name) for each in given if (name := if_fit(each)) is not None]
