"""One version everywhere, and one way to say it."""

import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.cli import main
from stream.process import version as known

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "version"
]


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Us", "-c", "user.email=us@example.com")
    command = ["git", *who, "-C", str(folder), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose code nobody built: a checkout, once `git init` was there."""
    monkeypatch.setattr(known, "COMMIT", tmp_path / "commit")
    monkeypatch.setattr(known, "_CHECKOUT", tmp_path)
    (tmp_path / "code.py").touch()
    return tmp_path


def said() -> str:
    return CliRunner().invoke(main, ["--version"]).output


def test_what_is_installed_has_the_version_of_the_project():
    """`make install` after the version was raised."""
    assert version("replyclock") == VERSION


@pytest.mark.parametrize("name", ["docker-compose.yml", "Dockerfile"])
def test_the_image_bears_the_version(name: str):
    """The tag that Compose runs, and the label of what is built."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(
        r"image: replyclock:(\S+)|^ARG VERSION=(\S+)", text, re.MULTILINE
    )
    assert {"".join(version) for version in found} == {VERSION}


def test_a_checkout_says_its_commit_and_whether_it_was_changed(checkout: Path):
    """Of git, when it is asked."""
    git(checkout, "init", "--quiet")
    git(checkout, "add", "code.py")
    git(checkout, "commit", "--quiet", "-m", "code")
    commit = git(checkout, "rev-parse", "--short=12", "HEAD")
    git(checkout, "tag", "v9")
    assert said() == f"replyclock {VERSION} ({commit})\n"
    (checkout / "code.py").write_text("changed", encoding="utf-8")
    assert said() == f"replyclock {VERSION} ({commit}-dirty)\n"


def test_what_was_built_says_what_was_written_into_it(checkout: Path):
    """Also inside of a repository that is somebody else's."""
    git(checkout, "init", "--quiet")
    (checkout / "commit").write_text("0123456789ab\n", encoding="utf-8")
    assert said() == f"replyclock {VERSION} (0123456789ab)\n"


def test_where_nobody_knows_the_commit_the_version_is_said(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
):
    """A folder without git's data, and a machine without git."""
    assert said() == f"replyclock {VERSION}\n"
    git(checkout, "init", "--quiet")
    monkeypatch.setenv("PATH", str(checkout))
    assert said() == f"replyclock {VERSION}\n"
