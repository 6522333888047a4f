"""What ships beside our code may, and its authors are named."""

from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from dev.places import REPOSITORY
from dev.release.licences import ACCEPTED, licences_of, notices, shipped, texts_of

LOCKED = shipped(REPOSITORY / "requirements.lock")


@pytest.fixture
def package(tmp_path: Path):
    """A distribution that says this of itself."""

    def made(*said: str) -> Distribution:
        folder = tmp_path / "theirs-1.dist-info"
        folder.mkdir()
        lines = ["Metadata-Version: 2.4", "Name: theirs", "Version: 1", *said]
        (folder / "METADATA").write_text("\n".join(lines), encoding="utf-8")
        return Distribution.at(folder)

    return made


@pytest.mark.parametrize("name", [locked.name for locked in LOCKED])
def test_every_package_that_ships_may(name: str):
    """By a licence of the list, whose text the package brings along."""
    licences = licences_of(distribution(name))
    assert licences
    assert licences <= ACCEPTED
    assert any(len(text) > 200 for text in texts_of(distribution(name)))


def test_the_lock_is_read_whole():
    """Every package of it, but those of another system."""
    lines = (REPOSITORY / "requirements.lock").read_text("utf-8").splitlines()
    names = {line.split("==")[0] for line in lines if line[0] not in " #"}
    assert names - {locked.name for locked in LOCKED} == {"colorama"}


@pytest.mark.parametrize(
    ("said", "licences"),
    [
        (
            ["License-Expression: MIT AND (LGPL-3.0-only OR 0BSD)"],
            "MIT LGPL-3.0-only 0BSD",
        ),
        (["License: apache-2.0", "Classifier: License :: Public Domain"], "Apache-2.0"),
        (
            [
                "License: see LICENSE",
                "Classifier: License :: OSI Approved :: MIT License",
            ],
            "MIT",
        ),
        (["License: see LICENSE", "Classifier: License :: Proprietary"], "Proprietary"),
        ([], ""),
    ],
)
def test_a_licence_is_read_where_packages_say_it(package, said, licences):
    """The expression comes first; a word that is none of SPDX is in no list."""
    assert licences_of(package(*said)) == set(licences.split())


def test_the_notices_hold_name_and_text_of_each():
    """What Apache-2.0, BSD and MIT ask of whoever passes the code on."""
    packages = [distribution(name) for name in ("structlog", "aiohttp")]
    page = notices(packages)
    assert page.index("aiohttp 3.") < page.index("structlog 2")
    for package in packages:
        for text in texts_of(package):
            assert text in page
