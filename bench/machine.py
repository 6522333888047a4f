"""Where and with what a benchmark ran: numbers mean nothing without it."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from dev.kafka.jars import jars_folder
from dev.places import REPOSITORY


class Machine(Struct, frozen=True, kw_only=True):
    """`load` is that of the minute before the start: above a half, try again later."""

    date: str
    commit: str | None
    cpu: str
    cores: int
    load: float
    system: str
    python: str
    kafka: str
    faust: str
    aiokafka: str


def this_machine() -> Machine:
    """What can be asked; the commit is None outside a checkout."""
    return Machine(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=_commit(),
        cpu=_cpu(),
        cores=os.cpu_count() or 0,
        load=os.getloadavg()[0],
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        kafka=_kafka(),
        faust=version("faust-streaming"),
        aiokafka=version("aiokafka"),
    )


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _kafka() -> str:
    names = [jar.stem for jar in jars_folder().glob("kafka_2.13-*.jar")]
    return names[0].partition("-")[2] if names else "unknown"


def _commit() -> str | None:
    """The commit, with a mark when the checkout differs from it."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() or None
