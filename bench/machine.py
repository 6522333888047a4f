"""Where and with what a benchmark ran: numbers mean nothing without it."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from bench.sides import QUIX
from dev.kafka.jars import jars_folder
from dev.places import REPOSITORY


class Machine(Struct, frozen=True, kw_only=True):
    """`load` is that of the minute before the start: above a half, try again later.

    `quixstreams` is None where it was not measured.
    """

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
    quixstreams: str | None = None


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
        quixstreams=_quixstreams(),
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


def _quixstreams() -> str | None:
    """Its environment is another, so that one's Python is asked."""
    if not QUIX.is_installed:
        return None
    code = "from importlib.metadata import version; print(version('quixstreams'))"
    return subprocess.check_output([QUIX.python, "-c", code], text=True).strip()


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
