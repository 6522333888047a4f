"""Our containers run: with their commands, environments, files and health checks."""

import json
from collections.abc import Iterator

import pytest

from dev.compose.project import read_project
from dev.ports import reserve_port
from tests.compose.conftest import FILLED_IN, PROCESSES, lay_clone
from tests.compose.system import System


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, kafka: str, _slack_server: str
) -> Iterator[System]:
    """Started; by the README's .env, but a stand-in Slack and a password of Redis."""
    folder = lay_clone(
        tmp_path_factory.mktemp("clone"),
        {
            **FILLED_IN,
            "REDIS_PASSWORD": "aB39",
            "SLACK_API_URL": f"{_slack_server}api/",
            "TOPIC_PREFIX": "compose.",
        },
    )
    redis = reserve_port()
    addresses = {
        "kafka:9092": kafka,
        "redis://redis:6379": f"redis://127.0.0.1:{redis}",
        "alertmanager:9093": "127.0.0.1:9",  # refused at once
        "redis-cli": f"redis-cli -p {redis}",
        "--appendonly": f"--port {redis} --dir {folder} --appendonly",
    }
    started = System(read_project(folder), folder, addresses)
    try:
        for name in ("redis", "configure", *PROCESSES):
            started.up(name)
        yield started
    finally:
        started.down()


@pytest.mark.broker
@pytest.mark.parametrize("name", ["redis", *PROCESSES])
def test_a_container_is_healthy(system: System, name: str) -> None:
    """By its own check, with a .env in which most secrets are empty."""
    system.wait_until_healthy(name)


@pytest.mark.broker
def test_doctor_runs_where_alerts_run(system: System) -> None:
    """In that container it sees everything: none of its lines is about its place.

    Alertmanager is not started here, and nothing comes in from Slack by this .env.
    """
    for name in PROCESSES:
        system.wait_until_healthy(name)
    done = system.run("alerts", "replyclock", "doctor", "--format", "json")
    said = {each["name"]: each for each in json.loads(done.stdout)["findings"]}
    assert "no answer" in said.pop("alertmanager")["found"]
    assert "docs/slack.md" in f"{said.pop('presses')['remedy']}"
    assert {each["mark"] for each in said.values()} <= {"ok", "skip"}, said
    assert {"kafka", "worker group", "alerts group", "redis", "slack"} <= set(said)
