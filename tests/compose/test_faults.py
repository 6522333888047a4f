"""Faults of each kind, put into the files: Compose refuses them, or nothing starts."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.compose.container import Container
from dev.compose.project import RefusedError, read_project
from tests.compose.conftest import FILES


@pytest.fixture
def changed(clone: Path, tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A copy of the clone with `old` in `file` replaced, where it is once."""

    def of(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "clone"
        shutil.copytree(clone, folder)
        text = (folder / file).read_text("utf-8")
        assert text.count(old) == 1
        (folder / file).write_text(text.replace(old, new), "utf-8")
        return folder

    return of


Changed = Callable[[str, str, str], Path]


def test_a_secret_that_nobody_defined_is_refused(changed: Changed) -> None:
    """By Compose, before anything starts."""
    folder = changed(
        FILES[0], "  kafka_password: {file: .secrets/kafka_password}\n", ""
    )
    with pytest.raises(RefusedError, match="undefined secret kafka_password"):
        read_project(folder)


def test_a_dependency_of_another_profile_is_refused(changed: Changed) -> None:
    """Who waits for what does not run with it would wait for ever."""
    folder = changed(FILES[0], "image: redis:", "profiles: [tls]\n    image: redis:")
    with pytest.raises(RefusedError, match="depends on undefined service"):
        read_project(folder)
    assert "redis" in read_project(folder, profiles=["tls"])["services"]


def test_a_broker_left_out_is_refused_where_somebody_waits_for_it(
    changed: Changed,
) -> None:
    """`config/compose/own-kafka.yml` takes it away for each process."""
    worker = "  worker:\n    environment: *environment\n    depends_on:\n"
    folder = changed(FILES[2], f"{worker}      kafka: !reset null\n", "")
    with pytest.raises(RefusedError, match="depends on undefined service"):
        read_project(
            folder, files=[FILES[0], FILES[2]], environment={"REPLYCLOCK_BROKER": "a:1"}
        )


def test_an_own_kafka_needs_its_address(clone: Path) -> None:
    """Compose says what is missing, and where."""
    with pytest.raises(RefusedError, match="the address of your Kafka"):
        read_project(clone, files=[FILES[0], FILES[2]])


def test_without_make_secrets_nothing_starts(clone: Path, tmp_path: Path) -> None:
    """An engine refuses a file that is not there: it makes no empty folder of it."""
    folder = tmp_path / "clone"
    shutil.copytree(clone, folder, ignore=shutil.ignore_patterns(".secrets"))
    container = Container(
        project=read_project(folder), name="worker", folder=tmp_path, addresses={}
    )
    with pytest.raises(FileNotFoundError, match="kafka_password"):
        container.prepare()
