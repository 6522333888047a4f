"""A project as Docker Compose understands it: files, .env and profiles put together."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dev.compose.program import compose_program

Service = dict[str, Any]


class RefusedError(Exception):
    """Compose does not take the files; its own words."""


def read_project(
    folder: Path,
    *,
    files: Sequence[str] = ("docker-compose.yml",),
    profiles: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What `docker compose config` says in `folder`, which has the .env.

    `environment` is the shell's, and stronger. Raises `RefusedError`.
    """
    options = [f"--file={file}" for file in files]
    options += [f"--profile={profile}" for profile in profiles]
    done = subprocess.run(
        [compose_program(), *options, "config", "--format=json"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RefusedError(done.stderr.strip())
    project: dict[str, Any] = json.loads(done.stdout)
    return project
