"""A container without an engine: what it runs, with what it would be given.

What it sees at a path is in a folder here, whom it knows by a name is at an address
here. Both are put into its environment, command and health check, and nothing else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

_SECRETS = "/run/secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """Of `project`, as `read_project` gives it. `prepare` it once, before it runs."""

    project: Mapping[str, Any]
    name: str
    folder: Path
    """Of all the project's containers: what they share, and of each what it sees."""
    addresses: Mapping[str, str]
    """Where those are whom a container knows by a name, or its own ports moved to."""
    entrypoint: Sequence[str] = ()
    """Of the image, where the service does not say another."""

    @property
    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = self.project["services"][self.name]
        return found

    def prepare(self) -> None:
        """Lay out secrets, mounts, volumes and memory, as an engine would.

        Raises `FileNotFoundError` for a secret without a file: an engine refuses it.
        """
        for secret in self.service.get("secrets", []):
            target = self._seen(f"{_SECRETS}/{secret['source']}")
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(self.project["secrets"][secret["source"]]["file"], target)
        for mount in self.service.get("volumes", []):
            target = self._seen(mount["target"])
            target.parent.mkdir(parents=True, exist_ok=True)
            if mount["type"] == "bind":
                target.symlink_to(mount["source"])
            else:
                volume = self.folder / "volumes" / mount["source"]
                volume.mkdir(parents=True, exist_ok=True)
                target.symlink_to(volume)
        for path in self.service.get("tmpfs", []):
            self._seen(path).mkdir(parents=True)

    def environment(self) -> dict[str, str]:
        """Its own, and no variable of this process's."""
        given = self.service.get("environment", {})
        return {name: self._here(value) for name, value in given.items()}

    def command(self) -> list[str]:
        """What it runs."""
        start = self.service.get("entrypoint") or self.entrypoint
        words = [*start, *(self.service.get("command") or [])]
        return [self._here(word) for word in words]

    def health_check(self) -> list[str]:
        """What is asked whether it is healthy; 0 is yes."""
        kind, *words = self.service["healthcheck"]["test"]
        return [
            *(["/bin/sh", "-c"] if kind == "CMD-SHELL" else []),
            *(self._here(word) for word in words),
        ]

    def _seen(self, path: str) -> Path:
        """What stands here for a path of its file system."""
        return self.folder / self.name / path.lstrip("/")

    def _here(self, said: str) -> str:
        """`config` writes each dollar as two, for whoever reads it as a file again."""
        here = said.replace("$$", "$")
        mounts = [mount["target"] for mount in self.service.get("volumes", [])]
        paths = [_SECRETS, *mounts, *self.service.get("tmpfs", [])]
        known = "|".join(re.escape(path) for path in sorted(paths, reverse=True))
        here = re.sub(
            rf"(?<![\w./-])({known})(?![\w.-])",
            lambda found: f"{self._seen(found[1])}",
            here,
        )
        for name, address in self.addresses.items():
            here = here.replace(name, address)
        return here
