"""Kafka's classes as a JVM had them after a start, for all starts that follow.

Class data sharing (JEP 350) takes 40 % off the CPU time of a broker's start (1.5 s
instead of 2.5 s), and `make test` starts dozens. Without the archive, or with another
Java than the one that made it, all works as well, slower.
"""

import fcntl
import subprocess
import tempfile
import time
from pathlib import Path

from dev.faults import StackError
from dev.kafka import Kafka
from dev.kafka.jars import classes_file
from dev.ports import reserve_port
from dev.processes import terminate

_READY_WITHIN = 90.0


def share_classes() -> None:
    """Start a broker once and keep its classes; raises `StackError` if it does not."""
    kept = classes_file()
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists():
            return
        part = kept.with_suffix(".part")
        with tempfile.TemporaryDirectory() as folder:
            port, controller = reserve_port(), reserve_port()
            kafka = Kafka(folder=Path(folder), port=port, controller_port=controller)
            _start_once(kafka, part)
        if part.exists():
            part.rename(kept)


def _start_once(kafka: Kafka, part: Path) -> None:
    kafka.prepare(_spawn)
    java, *options = kafka.command()
    broker = _spawn([java, f"-XX:ArchiveClassesAtExit={part}", *options])
    try:
        until = time.monotonic() + _READY_WITHIN
        while not kafka.is_ready():
            if broker.poll() is not None or time.monotonic() > until:
                raise StackError(
                    "kafka does not start: python -m dev.stack up says why"
                )
            time.sleep(0.1)
    finally:
        terminate(broker, 60)


def _spawn(command: list[str]) -> "subprocess.Popen[bytes]":
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
