"""What the stack knows of a service, and how one is started and watched."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from dev.faults import StackError
from dev.processes import Processes, terminate

Spawn = Callable[[list[str]], "subprocess.Popen[bytes]"]


class Service(Protocol):
    """A server of the stack. Its folder and its ports are its own."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str:
        """What a person or a client is given: a URL, or host:port."""

    def prepare(self, spawn: Spawn) -> None:
        """Write what the server reads at its start. Called once, before it starts."""

    def command(self) -> list[str]: ...

    def is_ready(self) -> bool:
        """Whether it answers as it should; never raises for a server that is down."""


class Running:
    """One service with its process and its log."""

    START_WITHIN = 90.0
    """Kafka takes 15 s where two cores are busy with other things."""

    def __init__(self, service: Service, log: Path, processes: Processes) -> None:
        self.service = service
        self.log = log
        self._processes = processes
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running server; None when it is down."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def start(self) -> float:
        """Start it and wait until it is ready; the seconds this took."""
        began = time.monotonic()
        if self._process is None:
            try:
                self.service.prepare(self._spawn)
            except StackError as error:
                raise StackError(f"{error}; see {self.log}") from error
        self._process = self._spawn(self.service.command())
        while not self.service.is_ready():
            if self._process.poll() is not None:
                raise StackError(self._report(f"ended ({self._process.returncode})"))
            if time.monotonic() - began > self.START_WITHIN:
                raise StackError(self._report(f"did not in {self.START_WITHIN:.0f} s"))
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            terminate(self._process)

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        return self._processes.spawn(command, log=self.log)

    def _report(self, what: str) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-12:]
        tail = "\n".join(f"  {line}" for line in lines)
        return f"{self.service.name} {what} before it was ready; {self.log}:\n{tail}"
