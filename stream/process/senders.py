"""Senders: who may post events, by bearer tokens that only they know (RFC 6750).

The environment holds the tokens' SHA-256, so who reads it cannot post; a token has 256
random bits, so no slower hash is needed. A sender may have several at once while one is
changed for another.
"""

import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

DEFAULT_NAME = "events"
"""Of who has the one token of `REPLYCLOCK_EVENTS_TOKEN`."""
_SCHEME = "bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Somebody who posts events; `accounts`: of these only, as `channel:account`.

    `prefix` goes before their event ids: two senders may both count from 1.
    """

    name: str
    prefix: str = ""
    accounts: frozenset[str] | None = None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Token(_Strict):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    until: AwareDatetime | None = None


_Account = Annotated[str, Field(pattern=r"^[a-z]+:.+$")]


class _Entry(_Strict):
    tokens: Annotated[list[_Token], Field(min_length=1, max_length=5)]
    accounts: Annotated[list[_Account], Field(min_length=1)] | None = None


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
_entries = TypeAdapter(dict[_Name, _Entry])


class Senders:
    """Who may post: who has the one token, and those that `tokens` (JSON) lists.

    Raises `ValueError` with every fault of `tokens`, a line each; none quotes it.
    """

    def __init__(self, token: str = "", tokens: str = "") -> None:
        self._by_hash: list[tuple[bytes, datetime | None, Sender]] = []
        if token:
            self._by_hash.append((_hash(token), None, Sender(name=DEFAULT_NAME)))
        if tokens:
            for name, entry in _read(tokens).items():
                accounts = frozenset(entry.accounts) if entry.accounts else None
                sender = Sender(name=name, prefix=f"{name}:", accounts=accounts)
                for each in entry.tokens:
                    digest = bytes.fromhex(each.sha256)
                    self._by_hash.append((digest, each.until, sender))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sender.name for *_, sender in self._by_hash))

    def accounts(self, channels: Iterable[str], now: datetime) -> frozenset[str]:
        """Whose events may be posted: `channels`, all there are, or accounts only.

        Not those of a sender whose tokens have all expired.
        """
        known = self._by_hash
        senders = [sender for _, until, sender in known if until is None or now < until]
        if any(sender.accounts is None for sender in senders):
            return frozenset(channels)
        return frozenset().union(*(sender.accounts or () for sender in senders))

    def sender(self, authorization: str | None, now: datetime) -> Sender | None:
        """Whose token an `Authorization` header bears; nobody's, unknown or expired."""
        given = authorization or ""
        if not given.lower().startswith(_SCHEME):
            return None
        digest = _hash(given[len(_SCHEME) :].strip())
        found = None
        for known, until, sender in self._by_hash:
            # All of them, so that the time says nothing.
            is_known = hmac.compare_digest(known, digest)
            if is_known and (until is None or now < until):
                found = sender
        return found


def new_token(name: str, until: datetime | None = None) -> tuple[str, str]:
    """A token for `name`, and what `REPLYCLOCK_EVENTS_TOKENS` says of it."""
    token = f"rc_{secrets.token_urlsafe(32)}"
    entry = _Entry(tokens=[_Token(sha256=_hash(token).hex(), until=until)])
    _entries.validate_python({name: entry})
    said = entry.model_dump(mode="json", exclude_none=True)
    return token, json.dumps({name: said})


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def _read(text: str) -> dict[str, Any]:
    try:
        return _entries.validate_json(text)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'it'}: {fault['msg']}"
            for fault in error.errors()
        ]
    # Outside of the `except`: pydantic's own text quotes what it was given.
    raise ValueError("\n".join(faults))
