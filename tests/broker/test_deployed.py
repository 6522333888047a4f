"""Each container and each unit starts with what it is given, and with nothing else."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev.http import answers
from dev.places import CONFIG
from dev.ports import reserve_port
from dev.slack.api import TOKEN
from dev.stack import Stack
from dev.system import INTAKE_METRICS, PROCESSES, REPLYCLOCK, START_WITHIN
from stream.process.settings import PREFIX
from tests.deploy.environment import SECRETS
from tests.deploy.made import Made
from tests.deploy.unit import Unit, environment_file

pytestmark = pytest.mark.broker

KNOWN = {
    "id_secret": "0123456789abcdef0123456789abcdef",
    "whatsapp_app_secret": "fedcba9876543210fedcba9876543210",
    "slack_bot_token": TOKEN,
}
"""What somebody has who begins; the other files are there, and empty."""


@dataclass(frozen=True)
class Started:
    """A process, and its ports: `metrics`, and `http` of intake."""

    process: subprocess.Popen[bytes]
    ports: Mapping[str, int]
    log: Path

    def wait_for(self, port: str, path: str) -> None:
        deadline = time.monotonic() + START_WITHIN
        while not answers(self.ports[port], path):
            said = self.log.read_text("utf-8", "replace")
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)


class Machine:
    """Where what stands in the files is somewhere else, and nothing else is said."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        for name in SECRETS:
            secret = folder / "secrets" / name
            secret.parent.mkdir(exist_ok=True)
            secret.write_text(KNOWN.get(name, ""), "utf-8")
        (folder / "spool").mkdir()

    def start(self, name: str, argv: list[str], given: Mapping[str, str]) -> Started:
        """Run what the image or the unit runs; `name` is the process, then whose."""
        process, whose = name.split("-")
        environment = {k: self._here(v) for k, v in given.items()} | {
            f"{PREFIX}{key}": value
            for key, value in {
                "BROKER": self.stack.broker,
                "REDIS_URL": self.stack.redis_url,
                "SLACK_API_URL": self.stack.slack_url,
                "REPLICATION": "1",
                "TOPIC_PREFIX": f"{whose}.",
            }.items()
        }
        ports = {"metrics": reserve_port()}
        if process == "intake":
            ports["http"] = reserve_port()
            environment[f"{PREFIX}INTAKE_PORT"] = str(ports["http"])
        metrics = INTAKE_METRICS if process == "intake" else process
        environment[f"{PREFIX}{metrics.upper()}_PORT"] = str(ports["metrics"])
        bare = ["env", "-i", *(f"{k}={v}" for k, v in environment.items())]
        log = self.stack.log_file(name)
        command = [*bare, sys.executable, *REPLYCLOCK, *argv]
        return Started(self.stack.processes.spawn(command, log=log), ports, log)

    def _here(self, value: str) -> str:
        value = value.replace("/etc/replyclock/sla.yaml", f"{CONFIG}")
        value = value.replace("/run/secrets/replyclock", f"{self.folder / 'secrets'}")
        return value.replace("/var/lib/replyclock/spool", f"{self.folder / 'spool'}")


def test_each_starts_answers_and_ends(start_stack, tmp_path: Path) -> None:
    """Ready where its probes ask; SIGHUP, a unit's reload, ends none; SIGTERM all."""
    machine = Machine(start_stack("kafka", "redis", "slack"), tmp_path)
    made = Made.named("defaults")
    started: dict[str, Started] = {}
    for process in PROCESSES:
        container = made.container(process)
        name = f"{process}-pod"
        started[name] = machine.start(
            name, container["args"], made.environment(process)
        )
        unit = Unit(process, credentials=tmp_path / "secrets", state=tmp_path)
        for folder in unit.all("StateDirectory"):
            (tmp_path / folder).mkdir()
        edited = environment_file("replyclock.env")
        name = f"{process}-unit"
        started[name] = machine.start(
            name, unit.command[1:], {**unit.environment, **edited}
        )
    for name, it in started.items():
        container = made.container(name.split("-")[0])
        for probe in ("startup", "liveness", "readiness"):
            asks = container[f"{probe}Probe"]["httpGet"]
            it.wait_for(asks["port"], asks["path"])
        it.process.send_signal(signal.SIGHUP)
    for name, it in started.items():
        it.wait_for("metrics", "/metrics")
        assert it.process.poll() is None, name
        it.process.terminate()
    for name, it in started.items():
        seconds = made.pod(name.split("-")[0])["terminationGracePeriodSeconds"]
        assert it.process.wait(seconds) == 0, it.log.read_text("utf-8")
    assert list((tmp_path / "spool").iterdir())
    assert list((tmp_path / "replyclock-intake").iterdir())
