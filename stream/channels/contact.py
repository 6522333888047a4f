"""Contacts: what a person needs to find a customer, sealed by intake (ADR 16).

The sealed bytes go with events and facts. Who has no key sees that two are equal and
how long they are, and nothing else.

    key id, 4 bytes | nonce, 12 | AES-256-GCM of the contact, and its tag, 16
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

LONGEST_TEXT = 80
"""Characters; WhatsApp takes 25. The sealed bytes are in every state and fact."""
_KEY_BYTES, _ID_BYTES, _NONCE_BYTES = 32, 4, 12


class Contact(Struct, frozen=True, array_like=True, omit_defaults=True):
    """Who a customer is, as the source shows it.

    Attributes:
        name: as the customer wrote it: it may hold anything.
        number: the phone number's digits; on Messenger the id that the page knows.
        handle: the username that WhatsApp shows where it shows no number.
    """

    name: str | None = None
    number: str | None = None
    handle: str | None = None


NOBODY = Contact()
"""Of whom the source says nothing."""

Seal = Callable[[Contact, str, str], bytes]
"""Makes the bytes for a contact of a channel's account."""


class Unopened(StrEnum):
    """Why a contact cannot be opened."""

    OTHER_KEY = "other_key"
    BROKEN = "broken"


class UnopenedError(ValueError):
    """What was sealed stays so; it says nothing of what is in it."""

    def __init__(self, reason: Unopened) -> None:
        super().__init__(reason)
        self.reason = reason


def text(value: object) -> str | None:
    """What a source calls somebody, cut; None for what is no text, or empty."""
    if not isinstance(value, str):
        return None
    # Half of a surrogate pair, an emoji cut in two, cannot be written.
    return value[:LONGEST_TEXT].encode("utf-8", "ignore").decode() or None


class ContactKeys:
    """The first key seals, each opens. Without any nothing is sealed."""

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        """Keys of 32 random bytes, the newest first."""
        self._keys = {key.id: key for key in map(_Key, keys)}
        self._newest = next(iter(self._keys.values()), None)

    @property
    def seal(self) -> Seal | None:
        """Gives the same bytes each time, of the same account; None without a key."""
        return None if self._newest is None else self._newest.seal

    def open(self, sealed: bytes, channel: str, account: str) -> Contact:
        """Raises `UnopenedError`."""
        key = self._keys.get(sealed[:_ID_BYTES])
        if key is None:
            raise UnopenedError(Unopened.OTHER_KEY)
        return key.open(sealed, channel, account)


def contact_keys(text: str) -> ContactKeys:
    """Keys as `REPLYCLOCK_CONTACT_KEY` has them: 64 hex digits each, newest first.

    Between two a comma, a space or a new line. Raises `ValueError`, quoting nothing.
    """
    keys = []
    for number, digits in enumerate(text.replace(",", " ").split(), 1):
        try:
            key = bytes.fromhex(digits)
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            said = f"key {number} is not 64 hex digits: openssl rand -hex 32 makes one"
            raise ValueError(said)
        keys.append(key)
    return ContactKeys(keys)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Contact).decode


class _Key:
    """One key, from which those for each purpose are derived."""

    def __init__(self, key: bytes) -> None:
        self.id = _derived(key, "id")[:_ID_BYTES]
        self._nonces = _derived(key, "nonce")
        self._cipher = AESGCM(_derived(key, "seal"))

    def seal(self, contact: Contact, channel: str, account: str) -> bytes:
        said, where = _encode(contact), f"{channel}:{account}".encode()
        # Made of what is sealed, so that it is the same each time, and never serves
        # two texts: 2^32 customers would meet twice with a chance of 2^-33.
        told = where + b"\0" + said
        nonce = hmac.digest(self._nonces, told, hashlib.sha256)[:_NONCE_BYTES]
        return self.id + nonce + self._cipher.encrypt(nonce, said, where)

    def open(self, sealed: bytes, channel: str, account: str) -> Contact:
        end = _ID_BYTES + _NONCE_BYTES
        nonce, where = sealed[_ID_BYTES:end], f"{channel}:{account}".encode()
        try:
            return _decode(self._cipher.decrypt(nonce, sealed[end:], where))
        except (InvalidTag, ValueError) as error:  # of a shorter one, of other words
            raise UnopenedError(Unopened.BROKEN) from error


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"replyclock contact {purpose}".encode(), hashlib.sha256)
