"""Sinks: the addresses and secrets of `alerts.receivers`, from the environment.

    receivers: {desk: {webhook: {url_from: DESK}}}
    REPLYCLOCK_SINK_DESK=https://desk.example/hooks/7f3a
    REPLYCLOCK_SINK_DESK_SECRET=whsec_...

each also as a file (`_FILE`). An address may itself hold a secret, so it is shown as
little as a secret: no error says it.
"""

import base64
import binascii
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from stream.config import Config
from stream.process.settings import PREFIX

SIGNED_WITH = "whsec_"
"""What a secret of Standard Webhooks begins with."""
SHORTEST, LONGEST = 24, 64
"""Bytes of it."""

Where = tuple[str | int, ...]


class UnsetError(Exception):
    """A variable that a receiver names is not set; the text says which."""


class WrongSinkError(Exception):
    """A variable that is set cannot be used; the text does not quote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The way to one sink; `secrets` sign, the newest first."""

    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(default=(), repr=False)


def access(place: str, environ: Mapping[str, str] = os.environ) -> Access:
    """The way to the sink at `place` (`Receiver.place`), which is not Slack's.

    Raises `UnsetError` and `WrongSinkError`.
    """
    kind, _, name = place.partition(":")
    variable = f"{PREFIX}SINK_{name}"
    url = _read(variable, environ)
    if kind != "apprise":  # whose URLs are a language of their own
        _check(variable, url)
    if kind != "webhook":
        return Access(url=url)
    variable += "_SECRET"
    words = _read(variable, environ).split()
    return Access(url=url, secrets=tuple(_secret(variable, word) for word in words))


def faults(config: Config) -> Iterator[tuple[Where, UnsetError | WrongSinkError]]:
    """Where `config` names a variable that is not set here, or is wrong."""
    for where, place in _places(config):
        try:
            access(place)
        except (UnsetError, WrongSinkError) as error:
            yield where, error


def _places(config: Config) -> Iterator[tuple[Where, str]]:
    for name, receiver in config.alerts.receivers.items():
        if receiver.slack is None:
            kind = receiver.place.partition(":")[0]
            yield ("alerts", "receivers", name, kind, "url_from"), receiver.place


def _read(variable: str, environ: Mapping[str, str]) -> str:
    path = environ.get(f"{variable}_FILE")
    text = environ.get(variable, "")
    if path is not None and text:
        raise WrongSinkError(f"{variable} and {variable}_FILE are both set")
    if path is not None:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            said = getattr(error, "strerror", None) or "is not UTF-8"
            raise WrongSinkError(f"{variable}_FILE: {said}: {path}") from None
    if not text.strip():
        raise UnsetError(f"{variable} is not set here")
    return text.strip()


def _check(variable: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        is_good = is_good and (parts.port or 1) > 0 and url.isprintable()
    except ValueError:
        is_good = False
    if not is_good or " " in url:
        raise WrongSinkError(f"{variable} is no address: https://host/path")


def _secret(variable: str, word: str) -> bytes:
    try:
        secret = base64.b64decode(word.removeprefix(SIGNED_WITH), validate=True)
    except binascii.Error:
        secret = b""
    if not word.startswith(SIGNED_WITH) or not SHORTEST <= len(secret) <= LONGEST:
        made = "printf whsec_; openssl rand -base64 32"
        raise WrongSinkError(
            f"{variable} must be {SIGNED_WITH} and the base64 of {SHORTEST} to"
            f" {LONGEST} bytes: {made}"
        )
    return secret
