"""The two sides of a comparison: how each is started and known to be ready."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from dev.faults import StackError
from dev.http import answers
from dev.ports import reserve_port
from dev.stack import Stack
from dev.system import CONFIG

READY = "stock faust is ready"
"""What the stock program says when its tables are recovered."""


@dataclass(frozen=True, slots=True)
class Side:
    """A program under measurement; names of topics follow from its prefix."""

    name: str
    command: tuple[str, ...]
    group: str
    changelog: str
    is_ready: Callable[[int, str], bool]
    """Asked with the port it was given and what it has logged so far."""


OURS = Side(
    name="replyclock",
    command=("stream.cli", "worker"),
    group="replyclock-worker",
    changelog="replyclock-worker-conversations-changelog",
    is_ready=lambda port, _: answers(port, "/readyz"),
)
STOCK = Side(
    name="stock-faust",
    command=(
        *("faust", "--loop", "uvloop", "-A", "bench.stock_faust"),
        *("worker", "-l", "info", "--without-web"),
    ),
    group="stock-faust",
    changelog="stock-faust-conversations-changelog",
    is_ready=lambda _, said: READY in said,
)
SIDES = (OURS, STOCK)


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
        [sys.executable, "-m", *side.command],
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
