"""What is odd in the environment: names that nothing reads, made-up secrets."""

from collections.abc import Iterator, Mapping

from pydantic import SecretStr

from stream.config.nearest import meant
from stream.process.settings import PREFIX, Settings

SHORTEST = 16
"""Characters of a secret that was made by chance: below, it was made up."""
_SINKS = f"{PREFIX}SINK_"
"""Before the names that people give (`stream.process.sinks`)."""
_CHANCE = "openssl rand -hex 32 makes one"
_META = "is no app secret of Meta's, which has 32 characters: App settings > Basic"
_MADE_UP = {
    "id_secret": f"has fewer than {SHORTEST} characters: {_CHANCE}",
    "whatsapp_app_secret": _META,
    "messenger_app_secret": _META,
    "events_token": f"has fewer than {SHORTEST} characters: {_CHANCE}",
}

OF_COMPOSE = {f"{PREFIX}DOMAIN": "", f"{PREFIX}WORKERS": "1"}
"""What docker-compose.yml alone reads of .env, and its defaults."""

Odd = tuple[str, str]
"""The variable, and what is odd about it."""


def odd_environment(
    environment: Mapping[str, str], settings: Settings | None
) -> Iterator[Odd]:
    """`settings`: as they were read; None: they could not be."""
    fields = Settings.model_fields.items()
    files = [name for name, field in fields if field.annotation == SecretStr | None]
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in files} | set(OF_COMPOSE)
    for name in sorted(environment):
        is_setting = name in known or name.startswith(_SINKS)
        if name.startswith(PREFIX) and not is_setting:
            yield name, f"is no setting{meant(name, known, likeness=0.75)}"
    for name, why in _MADE_UP.items() if settings is not None else ():
        secret: SecretStr | None = getattr(settings, name)
        if secret is not None and len(secret.get_secret_value()) < SHORTEST:
            yield PREFIX + name.upper(), why
