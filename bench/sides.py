"""The sides of a comparison: how each is started and known to be ready."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dev.faults import StackError
from dev.http import answers
from dev.places import CACHE, CONFIG
from dev.ports import reserve_port
from dev.stack import Stack

READY = "stock faust is ready"
"""What the stock program says when its tables are recovered."""

QUIX_READY = "quix streams is ready"
"""What the Quix program says when it has its partitions."""

_QUIX_PYTHON = CACHE / "bench-venv" / "bin" / "python"
"""Quix Streams wants an older pydantic than ours, so `make bench` keeps it apart."""


@dataclass(frozen=True, slots=True)
class Side:
    """A program under measurement; names of topics follow from its prefix.

    `group` and `changelog` have `{prefix}` where the prefix goes.
    """

    name: str
    command: tuple[str, ...]
    group: str
    changelog: str
    is_ready: Callable[[int, str], bool]
    """Asked with the port it was given and what it has logged so far."""
    python: Path = Path(sys.executable)
    target: float = 1.0
    """Of a peer: so many times its events per CPU-second are asked of ours."""

    @property
    def is_installed(self) -> bool:
        return self.python.exists()

    def group_of(self, prefix: str) -> str:
        return self.group.format(prefix=prefix)

    def changelog_of(self, prefix: str) -> str:
        return self.changelog.format(prefix=prefix)


OURS = Side(
    name="replyclock",
    command=("stream.cli", "worker"),
    group="{prefix}replyclock-worker",
    changelog="{prefix}replyclock-worker-conversations-changelog",
    is_ready=lambda port, _: answers(port, "/readyz"),
)
STOCK = Side(
    name="stock-faust",
    command=(
        *("faust", "--loop", "uvloop", "-A", "bench.stock_faust"),
        *("worker", "-l", "info", "--without-web"),
    ),
    group="{prefix}stock-faust",
    changelog="{prefix}stock-faust-conversations-changelog",
    is_ready=lambda _, said: READY in said,
    target=15.0,
)
QUIX = Side(
    name="quix-streams",
    command=("bench.quix_streams",),
    group="{prefix}quix-streams",
    changelog="changelog__{prefix}quix-streams--{prefix}conversations.events--default",
    is_ready=lambda _, said: QUIX_READY in said,
    python=_QUIX_PYTHON,
    target=2.0,
)
PEERS = (STOCK, QUIX)


def installed_sides() -> list[Side]:
    """Ours, then the peers whose Python is there: Quix only after `make bench`."""
    return [side for side in (OURS, *PEERS) if side.is_installed]


def start(
    side: Side,
    stack: Stack,
    prefix: str,
    *,
    within: float = 60.0,
    port: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start it on the topics of `prefix` and return when it waits for events."""
    port = port or reserve_port()
    log = stack.log_file(f"{prefix}{side.name}")
    process = stack.processes.spawn(
        [str(side.python), "-m", *side.command],
        log=log,
        env={
            "REPLYCLOCK_BROKER": stack.broker,
            "REPLYCLOCK_CONFIG": str(CONFIG),
            "REPLYCLOCK_TOPIC_PREFIX": prefix,
            "REPLYCLOCK_LOG_FORMAT": "json",
            "REPLYCLOCK_WORKER_PORT": str(port),
        },
    )
    deadline = time.monotonic() + within
    while not side.is_ready(port, said := log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(said.splitlines()[-15:])
            raise StackError(f"{side.name} did not become ready:\n{tail}")
        time.sleep(0.1)
    return process
