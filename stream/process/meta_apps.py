"""Meta apps: whose webhooks are believed, each by the secrets that sign them.

    REPLYCLOCK_META_APPS={"acme": {"app_secrets": ["new", "old"],
                                   "verify_tokens": ["..."], "channels": ["whatsapp"]}}

Several secrets of an app are valid at once, so that one can be rotated. The variables
`REPLYCLOCK_WHATSAPP_APP_SECRET` and so on are one more app, `default`.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

CHANNELS = ("whatsapp", "messenger")
DEFAULT = "default"
MOST_SECRETS = 16
"""Of one channel: each is tried on a body, and 3 MiB take 2 to 6 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaApp:
    """An app of Meta's that sends us the webhooks of its `channels`."""

    name: str
    channels: tuple[str, ...]
    app_secrets: tuple[bytes, ...] = field(repr=False)
    verify_tokens: tuple[bytes, ...] = field(default=(), repr=False)


def _whole(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or text != text.strip():
        raise ValueError("is empty, or has space around it")
    return secret


def _channel(name: str) -> str:
    if name not in CHANNELS:
        raise ValueError(f"is none of {', '.join(CHANNELS)}")
    return name


def _app_name(name: str) -> str:
    if name == DEFAULT:
        raise ValueError(f"{DEFAULT} is the app of REPLYCLOCK_WHATSAPP_APP_SECRET")
    return name


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("is empty")
    return values


# Shorter than any app secret: one that stands in the wrong place is no name.
_NAME = r"^[a-z0-9][a-z0-9_-]{0,23}$"
_Name = Annotated[str, StringConstraints(pattern=_NAME), AfterValidator(_app_name)]
_Secret = Annotated[SecretStr, AfterValidator(_whole)]
_Channel = Annotated[str, AfterValidator(_channel)]


class _Written(BaseModel):
    """An app as the environment has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_secrets: Annotated[tuple[_Secret, ...], AfterValidator(_some)]
    verify_tokens: tuple[_Secret, ...] = ()
    channels: Annotated[tuple[_Channel, ...], AfterValidator(_some)] = CHANNELS

    def app(self, name: str) -> MetaApp:
        return MetaApp(
            name=name,
            channels=tuple(dict.fromkeys(self.channels)),
            app_secrets=_bytes(self.app_secrets),
            verify_tokens=_bytes(self.verify_tokens),
        )


_apps = TypeAdapter(dict[_Name, _Written])


def written_apps(text: str) -> list[MetaApp]:
    """The apps of `REPLYCLOCK_META_APPS`.

    Raises `ValueError` with every fault, a line each; none quotes what was written.
    """
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise ValueError(f"is not JSON: {where}") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    try:
        written = _apps.validate_python(value)
    except ValidationError as error:
        lines = [_line(fault["loc"], fault) for fault in error.errors()]
        # Not `from error`: pydantic's own text quotes what it was given.
        raise ValueError("\n".join(dict.fromkeys(lines))) from None
    apps = [app.app(name) for name, app in written.items()]
    _refuse_too_many(apps)
    return apps


def separate_apps(
    secrets: dict[str, SecretStr | None], tokens: dict[str, SecretStr | None]
) -> list[MetaApp]:
    """The app `default`, whose secrets stand in variables of their own, by channel."""
    return [
        MetaApp(
            name=DEFAULT,
            channels=(channel,),
            app_secrets=_bytes([secret]),
            verify_tokens=_bytes(filter(None, [tokens[channel]])),
        )
        for channel, secret in secrets.items()
        if secret is not None
    ]


def _bytes(secrets: Iterable[SecretStr]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(s.get_secret_value().encode() for s in secrets))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # The last of them would silently be the only one.
        raise ValueError("a name or key stands in it twice")
    return found


def _refuse_too_many(apps: list[MetaApp]) -> None:
    for channel in CHANNELS:
        count = sum(len(app.app_secrets) for app in apps if channel in app.channels)
        if count > MOST_SECRETS:
            raise ValueError(
                f"{count} app secrets of {channel}: {MOST_SECRETS} at most"
            )


_SAID = {
    "missing": "is missing",
    "extra_forbidden": f"a key that is none of {', '.join(_Written.model_fields)}",
    "string_pattern_mismatch": "an app's name is 1 to 24 of a-z, 0-9, _ and -",
    "dict_type": 'must be an object: {"acme": {"app_secrets": ["..."]}}',
    "model_type": 'must be an object: {"app_secrets": ["..."]}',
    "model_attributes_type": 'must be an object: {"app_secrets": ["..."]}',
    "tuple_type": 'must be a list: ["..."]',
    "string_type": "must be a text",
}


def _line(path: tuple[int | str, ...], fault: Any) -> str:
    """A fault with its place, but for a key that nobody knows what it is."""
    kind = fault["type"]
    said = _SAID.get(kind) or fault["msg"].removeprefix("Value error, ")
    if not path or not re.match(_NAME, str(path[0])) or "[key]" in path:
        path = ()  # it may be anything, a secret too
    elif kind == "extra_forbidden":
        path = path[:-1]
    place = ".".join(str(step) for step in path)
    return f"{place}: {said}" if place else said
