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
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(known, "COMMIT", folder / "commit")
    monkeypatch.setattr(known, "_CHECKOUT", folder)
    (folder / "code.py").touch()
    return folder


def commit_all(folder: Path) -> None:
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "code")


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


def test_the_changelog_tells_of_the_version():
    """The newest heading but Unreleased is this version's."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", text, re.MULTILINE)
    assert headings[:2] == ["Unreleased", VERSION]


def test_a_checkout_says_its_commit_and_whether_it_was_changed(checkout: Path):
    """Of git, when it is asked."""
    commit_all(checkout)
    commit = git(checkout, "rev-parse", "--short=12", "HEAD")
    git(checkout, "tag", "v9")
    assert said() == f"replyclock {VERSION} ({commit})\n"
    (checkout / "code.py").write_text("changed", encoding="utf-8")
    assert said() == f"replyclock {VERSION} ({commit}-dirty)\n"


def test_what_was_built_says_what_was_written_into_it(checkout: Path):
    """And not what a folder of git around it would say."""
    commit_all(checkout)
    (checkout / "commit").write_text("0123456789ab\n", encoding="utf-8")
    assert said() == f"replyclock {VERSION} (0123456789ab)\n"


def test_the_commit_of_a_repository_around_it_is_not_said(checkout: Path):
    """A virtual environment may lie in anybody's."""
    commit_all(checkout.parent)
    assert said() == f"replyclock {VERSION}\n"


def test_where_nobody_knows_the_commit_the_version_is_said(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
):
    """Without git's data, and on a machine without git."""
    assert said() == f"replyclock {VERSION}\n"
    commit_all(checkout)
    monkeypatch.setenv("PATH", str(checkout))
    assert said() == f"replyclock {VERSION}\n"
