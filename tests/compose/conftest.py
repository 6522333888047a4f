"""A clone as somebody has it who followed the README, before the start."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest
from pydantic import SecretStr

from dev.compose.program import compose_program
from dev.compose.project import read_project
from dev.faults import MissingError
from stream.process.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PROCESSES = ("intake", "worker", "alerts")
OURS = (*PROCESSES, "configure")
"""What runs our image: `configure` once, before those who need its files."""
FIELDS = Settings.model_fields
SECRETS = {
    name for name, field in FIELDS.items() if field.annotation == SecretStr | None
}
FILES = ("docker-compose.yml", "config/compose/ha.yml", "config/compose/own-kafka.yml")
FILLED_IN = {
    "ID_SECRET": "0123456789abcdef0123456789abcdef",
    "CONTACT_KEY": "0123456789abcdef" * 4,
    "WHATSAPP_APP_SECRET": "fedcba9876543210fedcba9876543210",
    "WHATSAPP_VERIFY_TOKEN": "of our own",
    "SLACK_BOT_TOKEN": "xoxb-replyclock-demo",
}
"""What README says to choose: no Messenger, no password of Kafka or Redis."""


class Read:
    """The clone's projects: of the first file, and of those said over it; each once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}

    def __call__(self, *over: str, profiles: Sequence[str] = ()) -> dict[str, Any]:
        key = (*over, *profiles)
        if key not in self._known:
            own = {"REPLYCLOCK_BROKER": "own.example:9092"} if FILES[2] in over else {}
            self._known[key] = read_project(
                self.folder, files=[FILES[0], *over], profiles=profiles, environment=own
            )
        return deepcopy(self._known[key])


@pytest.fixture(scope="session", autouse=True)
def _compose() -> None:
    try:
        compose_program()
    except MissingError as error:
        pytest.skip(f"Docker Compose cannot be asked: {error}")


def lay_clone(folder: Path, said: Mapping[str, str]) -> Path:
    """What Compose reads of the repository, `.env` with `said`, and `make secrets`."""
    copy(ROOT / FILES[0], folder / FILES[0])
    copytree(ROOT / "config", folder / "config")
    lines = (ROOT / "config" / "env.example").read_text("utf-8").splitlines()
    left = dict(said)
    for at, line in enumerate(lines):
        name = line.lstrip("#").partition("=")[0].removeprefix(PREFIX)
        if name in left:
            lines[at] = f"{PREFIX}{name}={left.pop(name)!r}"
    assert not left, "not in env.example"
    (folder / ".env").write_text("\n".join(lines), "utf-8")
    make_secrets(folder)
    return folder


def make_secrets(folder: Path) -> None:
    """`make secrets` in `folder`, with nothing of ours in the environment."""
    shell = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    make = ["make", "-s", "-C", str(folder), "-f", str(ROOT / "Makefile"), "secrets"]
    subprocess.run(make, check=True, env=shell)


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared: not to be written to."""
    return lay_clone(tmp_path_factory.mktemp("clone"), FILLED_IN)


@pytest.fixture(scope="session")
def read(clone: Path) -> Read:
    """What Compose makes of the clone."""
    return Read(clone)
