"""Our containers at work on this machine: there is no engine where the tests run."""

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev.compose.container import Container
from dev.ports import reserve_port
from dev.processes import Processes
from stream.process.settings import PREFIX

PORTS = {
    "intake": {8080: "INTAKE_PORT", 9103: "INTAKE_METRICS_PORT"},
    "worker": {9101: "WORKER_PORT"},
    "alerts": {9102: "ALERTS_PORT"},
}
"""What a process listens at inside, and the setting that moves it."""
_PATH = f"{Path(sys.executable).parent}:/usr/bin:/bin"


@dataclass(slots=True)
class System:
    """`folder`: of the clone; `addresses`: of those who are no containers here."""

    project: Mapping[str, Any]
    folder: Path
    addresses: dict[str, str]
    _processes: Processes = field(default_factory=Processes)
    _containers: dict[str, tuple[Container, dict[str, str]]] = field(
        default_factory=dict
    )
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def up(self, name: str) -> None:
        """Start it; one that only configures others is over at the return."""
        moved = {inside: reserve_port() for inside in PORTS.get(name, {})}
        local = {f"127.0.0.1:{old}": f"127.0.0.1:{new}" for old, new in moved.items()}
        container = Container(
            project=self.project,
            name=name,
            folder=self.folder / "containers",
            addresses={**self.addresses, **local},
            entrypoint=["replyclock"],
        )
        container.prepare()
        settings = {
            f"{PREFIX}{PORTS[name][inside]}": f"{port}"
            for inside, port in moved.items()
        }
        self._containers[name] = (container, settings)
        line = self._line(name, container.command())
        log = self.folder / f"{name}.log"
        process = self._processes.spawn(line, log=log, folder=self.folder)
        self._running[name] = process
        if container.service["restart"] == "no":
            assert process.wait() == 0, log.read_text("utf-8")

    def run(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        """`docker compose exec NAME COMMAND`."""
        line = self._line(name, command)
        return subprocess.run(line, capture_output=True, text=True, check=False)

    def wait_until_healthy(self, name: str) -> None:
        """By its own check."""
        container, _ = self._containers[name]
        deadline = time.monotonic() + 90
        while self.run(name, *container.health_check()).returncode:
            log = (self.folder / f"{name}.log").read_text("utf-8", "replace")
            waits = time.monotonic() < deadline and self._running[name].poll() is None
            assert waits, f"{name} is not healthy: {log[-3000:]}"
            time.sleep(0.2)

    def down(self) -> None:
        self._processes.close()

    def _line(self, name: str, command: tuple[str, ...] | list[str]) -> list[str]:
        """With the container's environment, and nothing of ours but the path."""
        container, moved = self._containers[name]
        given = {"PATH": _PATH, **container.environment(), **moved}
        said = [f"{variable}={value}" for variable, value in given.items()]
        return ["env", "--ignore-environment", *said, *command]
