"""What the settings of a container or a unit may be."""

from typing import Any

from pydantic import SecretStr
from ruamel.yaml import YAML

from dev.places import REPOSITORY
from stream.process.settings import PREFIX, Settings

PROCESSES = ("intake", "worker", "alerts")
FIELDS = Settings.model_fields
SECRETS = {
    name for name, field in FIELDS.items() if field.annotation == SecretStr | None
}


def field_of(variable: str) -> str:
    """Of a secret, the file that holds it; some settings are files themselves."""
    name = variable.removeprefix(PREFIX).lower()
    return name if name in FIELDS else name.removesuffix("_file")


def unknown(variables: list[str]) -> list[str]:
    """Which of them no process reads: a file is read for a secret only."""
    files = {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS}
    plain = {f"{PREFIX}{name.upper()}" for name in set(FIELDS) - SECRETS}
    return sorted(set(variables) - files - plain)


def load(*path: str) -> Any:
    """A YAML file of the repository."""
    return YAML(typ="safe").load(REPOSITORY.joinpath(*path))


def compose_secrets(process: str) -> list[str]:
    """Which secrets a process is given with Docker Compose."""
    found: list[str] = load("docker-compose.yml")["services"][process]["secrets"]
    return sorted(found)
