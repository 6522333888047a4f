"""`docs/ops-guide.md`: its commands on files say what stands there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.places import CONFIG, REPOSITORY
from tests.pages import blocks

FILES = REPOSITORY / "docs" / "ops-guide"
ELSEWHERE = re.compile(r"\$ replyclock (alerts|explain ana$)")
"""What asks Slack, or a topic."""


def commands() -> Iterator[tuple[str, str]]:
    """Each line that is typed, and what is said to it."""
    for block in blocks("ops-guide.md", ""):
        for typed in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
            command, _, said = typed.partition("\n")
            if command.startswith("$ ") and not ELSEWHERE.match(command):
                yield command[2:], said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the page names."""
    folder = tmp_path_factory.mktemp("guide")
    shutil.copytree(FILES, folder, dirs_exist_ok=True)
    shutil.copy(CONFIG, folder / "sla.yaml")
    return folder


def test_whoever_types_what_the_page_shows_reads_what_it_shows(folder: Path) -> None:
    """In its order, to the letter; only the version of rules may be another."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    read, shown = [], []
    for command, said in commands():
        done = subprocess.run(
            ["sh", "-ec", command],
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        read.append((command, versionless(done.stdout)))
        shown.append((command, versionless(said)))

    assert len(shown) > 5
    assert read == shown


def versionless(text: str) -> str:
    return re.sub(r"version \w{12}", "version", text)
