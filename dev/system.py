"""Our own processes beside a stack: intake, worker, alerts, as in production.

Used by the demo, by the tests that kill things, and by the bench.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from dev.cores import Cores
from dev.faults import StackError
from dev.http import answers
from dev.places import CONFIG, REPOSITORY
from dev.ports import reserve_port
from dev.stack import Stack
from dev.stack.trial import settings_of
from dev.wire import Wire
from stream.simulator.stories import POSTS

PROCESSES = ("intake", "worker", "alerts")
INTAKE_METRICS = "intake_metrics"
START_WITHIN = 60.0
REPLYCLOCK = ("-m", "stream.cli")


def reserve_ports() -> dict[str, int]:
    """A free port for each door of a process; Prometheus wants them before they start.

    Intake has two: `intake` for webhooks, `intake_metrics`.
    """
    return {name: reserve_port() for name in (*PROCESSES, INTAKE_METRICS)}


def scrape_targets(ports: Mapping[str, int]) -> dict[str, str]:
    """Scrape job -> host:port."""
    scraped = {**ports, "intake": ports[INTAKE_METRICS]}
    return {name: f"127.0.0.1:{scraped[name]}" for name in PROCESSES}


def one_by_one(folder: Path) -> Path:
    """Write `config/sla.yaml` without storms into `folder`: each breach is told."""
    text, storm = CONFIG.read_text("utf-8"), "storm: {threshold: 5,"
    assert storm in text  # else many would be one message
    path = folder / "one-by-one.yaml"
    path.write_text(text.replace(storm, "storm: {threshold: 1000,"), "utf-8")
    return path


class System:
    """`replyclock` processes on free ports, told of a stack by their environment.

    They end with the stack. `environment` is what a person would export to talk to
    them, app secrets included.
    """

    def __init__(
        self,
        stack: Stack,
        *,
        ports: Mapping[str, int] | None = None,
        prefix: str = "",
        config: Path | None = None,
        wires: Mapping[str, Wire] = MappingProxyType({}),
    ) -> None:
        """`wires`: which processes run behind a network that can be cut.

        `config`: None is `config/sla.yaml`, with each breach told by itself.
        """
        self.stack = stack
        config = config or one_by_one(stack.folder)
        self.wires = wires
        self.ports = dict(ports or reserve_ports())
        self.program: tuple[str, ...] = REPLYCLOCK
        """What Python runs with a process's name; chaos has weakened ones."""
        self.cores: Cores | None = None
        """Where those that start from now on leave their core dumps; None: nowhere."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        ports_said = {f"{n.upper()}_PORT": str(p) for n, p in self.ports.items()}
        own = {"CONFIG": str(config), "TOPIC_PREFIX": prefix, "LOG_FORMAT": "json"}
        self.environment: dict[str, str] = settings_of(stack) | {
            f"REPLYCLOCK_{name}": value for name, value in (own | ports_said).items()
        }

    @property
    def app_secrets(self) -> dict[str, bytes]:
        """What webhooks are signed with, by source; the token of what is posted."""
        names = {
            "whatsapp": "WHATSAPP_APP_SECRET",
            "messenger": "MESSENGER_APP_SECRET",
            POSTS: "EVENTS_TOKEN",
        }
        return {
            source: self.environment[f"REPLYCLOCK_{name}"].encode()
            for source, name in names.items()
        }

    @property
    def id_secret(self) -> bytes:
        """What customers get their pseudonyms with."""
        return self.environment["REPLYCLOCK_ID_SECRET"].encode()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, *names: str) -> None:
        """Start processes (all when none is named) without waiting for them.

        `worker-2` is a second worker, and so on.
        """
        for name in names or PROCESSES:
            command, _, number = name.partition("-")
            if number and name not in self.ports:
                self.ports[name] = reserve_port()
            own = {f"REPLYCLOCK_{command.upper()}_PORT": str(self.ports[name])}
            argv = [sys.executable, *self.program, command]
            if name in self.wires:
                argv = self.wires[name].behind(argv)
                own["REPLYCLOCK_BROKER"] = self.stack.wired_broker
                own[f"REPLYCLOCK_{command.upper()}_HOST"] = self.wires[name].there
            if self.cores is not None:
                argv = self.cores.allowed(argv)
            self._running[name] = self.stack.processes.spawn(
                argv,
                log=self.stack.log_file(name),
                env={**self.environment, **own},
                folder=self.cores.folder_of(name) if self.cores else REPOSITORY,
            )

    def wait_ready(self, *names: str) -> None:
        """Return when each does its job; raises `StackError` with the log's end."""
        deadline = time.monotonic() + START_WITHIN
        for name in names or PROCESSES:
            while not self._answers(name, "/readyz"):
                ended = self._running[name].poll() is not None
                if ended or time.monotonic() > deadline:
                    what = "ended" if ended else "is not ready"
                    raise StackError(f"{name} {what}:\n{self._tail(name)}")
                time.sleep(0.05)

    def reload(self) -> None:
        """Have all take the rules file as it is now; raises `StackError`."""
        for name in PROCESSES:
            door = INTAKE_METRICS if name == "intake" else name
            if not answers(self.ports[door], "/-/reload", "POST", timeout=10):
                raise StackError(f"{name} does not take its rules")

    def is_up(self, name: str) -> bool:
        """Whether it runs and answers; it may still wait for its partitions."""
        return self.is_running(name) and self._answers(name, "/healthz")

    def kill(self, name: str) -> None:
        """End a process as a crash would (kill -9)."""
        self._running[name].kill()
        self._running[name].wait()

    def terminate(self, name: str, seconds: float = 15) -> int:
        """End a process in order (SIGTERM); its exit status."""
        self._running[name].send_signal(signal.SIGTERM)
        return self._running[name].wait(seconds)

    def wait_ended(self, name: str, seconds: float = 40) -> int:
        """The exit status of a process that ends by itself."""
        return self._running[name].wait(seconds)

    def freeze(self, name: str) -> None:
        """Stop a process where it is, as a paused machine would; `thaw` goes on."""
        self._running[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Continue a frozen process."""
        self._running[name].send_signal(signal.SIGCONT)

    @property
    def names(self) -> tuple[str, ...]:
        """All that were ever started."""
        return tuple(self._running)

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def pid(self, name: str) -> int:
        """Of a process that runs, to signal it."""
        return self._running[name].pid

    def status(self, name: str) -> int | None:
        """How a process ended, negative by a signal; None while it runs."""
        return self._running[name].poll()

    def logs(self, name: str) -> str:
        return self.stack.log_file(name).read_text("utf-8", "replace")

    def _answers(self, name: str, path: str) -> bool:
        wire = self.wires.get(name)
        host = wire.there if wire else "127.0.0.1"
        return answers(self.ports[name], path, host=host)

    def _tail(self, name: str) -> str:
        return "\n".join(self.logs(name).splitlines()[-15:])
