"""The image of ours and those of others: there is no Docker where the tests run."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stream.process.settings import Settings

ROOT = Path(__file__).parents[1]
FILES = ("docker-compose.yml", "config/compose/ha.yml", "config/compose/own-kafka.yml")
FIELDS = Settings.model_fields
PORTS = ("intake_port", "intake_metrics_port", "worker_port", "alerts_port")
OURS = ("intake", "worker", "alerts", "configure")

Service = dict[str, Any]


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    compose = YAML(typ="safe").load(ROOT / FILES[0])
    found: dict[str, Service] = compose["services"]
    return found


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_images_are_pinned(services: dict[str, Service]) -> None:
    """A foreign image has an exact version, a process the version of the project.

    A digest is welcome behind the version.
    """
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"$', project, re.MULTILINE)
    assert version
    for name, service in services.items():
        if name in OURS:
            assert service["image"] == f"replyclock:{version[1]}"
        else:
            image, _, digest = service["image"].partition("@")
            assert re.search(r":v?\d+\.\d+\.\d+(-\w+\d+\.\d+)?$", image)
            assert re.fullmatch(r"(sha256:[0-9a-f]{64})?", digest)


def test_kafka_is_the_one_that_is_tested(services: dict[str, Service]) -> None:
    """Containers run the Kafka that dev/ starts for the tests."""
    pom = (ROOT / "dev" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    version = re.search(r"<kafka.version>(.+)</kafka.version>", pom)
    assert version
    assert services["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_image_is_built_from_pinned_things(dockerfile: str) -> None:
    """An exact Python for both stages, and packages by hash, as wheels."""
    stages = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert len(set(stages)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+(@sha256:\w{64})?", stages[0])
    for line in re.findall(r"pip install.*-r .*", dockerfile):
        assert "--require-hashes" in line
        assert "--only-binary=:all:" in line


def test_image_runs_as_nobody_special(dockerfile: str) -> None:
    """The last user is ours, not root, and the entry point is the command."""
    users = re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE)
    assert users[-1:] == ["replyclock"]
    assert 'ENTRYPOINT ["replyclock"]' in dockerfile


def test_image_gets_what_it_copies(dockerfile: str) -> None:
    """Every source of a COPY is in the repository and let through .dockerignore."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source


def test_image_exposes_the_ports_of_the_code(dockerfile: str) -> None:
    """EXPOSE names each process's default port."""
    exposed = re.search(r"^EXPOSE (.+)$", dockerfile, re.MULTILINE)
    assert exposed
    ports = {str(FIELDS[name].default) for name in PORTS}
    assert set(exposed[1].split()) == ports
