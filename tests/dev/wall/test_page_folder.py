"""The Node project: pinned, made once, without an address of anybody's registry."""

import json
import re

import pytest

from dev.wall.page_folder import SOURCES, ensure_page

PACKAGE = json.loads((SOURCES / "package.json").read_text("utf-8"))
LOCK = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))


@pytest.mark.broker
def test_a_page_that_is_made_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs neither Node nor npm then, nor a network."""
    page = ensure_page()
    monkeypatch.setenv("PATH", "")
    assert ensure_page() == page
    assert (page / "out" / "index.html").exists()


@pytest.mark.parametrize("name", PACKAGE["dependencies"])
def test_a_library_has_one_version(name: str) -> None:
    """Exactly: pictures and checks are the same on every machine."""
    version = PACKAGE["dependencies"][name]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert LOCK["packages"][f"node_modules/{name}"]["version"] == version


def test_grafanas_libraries_are_those_of_the_grafana_that_is_run() -> None:
    """The image of docker-compose.yml draws as they do."""
    compose = (SOURCES.parents[2] / "docker-compose.yml").read_text("utf-8")
    version = PACKAGE["dependencies"]["@grafana/ui"]
    assert f"image: grafana/grafana:{version}\n" in compose


def test_the_lock_names_no_registry_and_holds_every_hash() -> None:
    """Each machine asks its own, and takes only what has the right hash."""
    packages = [package for path, package in LOCK["packages"].items() if path]
    assert all("resolved" not in package for package in packages)
    assert all("integrity" in package for package in packages)


def test_no_package_runs_a_script_when_it_is_installed() -> None:
    """What npm is told beside package.json."""
    settings = (SOURCES / ".npmrc").read_text("utf-8").splitlines()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= {
        *settings
    }
