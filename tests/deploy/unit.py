"""A unit of systemd as systemd reads it: with what all units have in common."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from dev.places import REPOSITORY

FOLDER = REPOSITORY / "config" / "systemd"
COMMON = FOLDER / "replyclock-.service.d" / "replyclock.conf"
UNITS = {
    "intake": "replyclock-intake.service",
    "worker": "replyclock-worker@.service",
    "alerts": "replyclock-alerts.service",
}
INSTANCE = {"worker": "9101"}


def environment_file(name: str) -> dict[str, str]:
    """What a file for `EnvironmentFile=` says."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and line[0] != "#")


class Unit:
    """The unit of a process, `%` replaced as on the host `box`."""

    def __init__(
        self, process: str, *, credentials: Path | str, state: Path | str
    ) -> None:
        says = {
            "%d": str(credentials),
            "%S": str(state),
            "%H": "box",
            "%i": INSTANCE.get(process, ""),
        }
        self.said: list[tuple[str, str]] = []
        """Key and value, in order; of those that are no list the last one counts."""
        for file in (FOLDER / UNITS[process], COMMON):
            for line in file.read_text("utf-8").splitlines():
                key, is_said, value = line.partition("=")
                if is_said and line[0] != "#":
                    value = re.sub(r"%\w", lambda found: says[found[0]], value)
                    self.said.append((key, value))

    def all(self, key: str) -> list[str]:
        return [value for each, value in self.said if each == key]

    def one(self, key: str) -> str:
        """Raises `IndexError` where it is not said."""
        return self.all(key)[-1]

    @property
    def command(self) -> list[str]:
        return shlex.split(self.one("ExecStart"))

    @property
    def environment(self) -> Mapping[str, str]:
        """Of the unit alone; those of `EnvironmentFile=` win over it."""
        said = [each for line in self.all("Environment") for each in shlex.split(line)]
        return dict(each.split("=", 1) for each in said)

    @property
    def credentials(self) -> dict[str, str]:
        """By name, where each is read from."""
        return dict(each.split(":", 1) for each in self.all("LoadCredential"))
