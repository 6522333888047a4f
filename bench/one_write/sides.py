"""The three programs: how each is started, and what it is called in Kafka."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dev.faults import StackError
from dev.kafka.jars import ensure_jars, jars_folder
from dev.packages import preflight
from dev.processes import Processes
from dev.stack import Stack

OURS, CEILING, STREAMS = "replyclock", "aiokafka", "kafka-streams"
EVENTS, COUNTS = "events", "counts-changelog"
READY = "one write is ready"
_JAVA = Path(__file__).with_name("OneWrite.java")
_POM = Path(__file__).with_name("pom.xml")


@dataclass(frozen=True, slots=True)
class Program:
    """`name` with a prefix before it is its consumer group and begins its changelog."""

    name: str
    argv: Callable[[Stack, str], list[str]]
    """Of the stack and the prefix of topics."""

    def group(self, prefix: str) -> str:
        return prefix + self.name

    def changelog(self, prefix: str) -> str:
        return f"{prefix}{self.name}-{COUNTS}"


def _python(module: str) -> Callable[[Stack, str], list[str]]:
    return lambda stack, prefix: [sys.executable, "-m", module, stack.broker, prefix]


def _java(stack: Stack, prefix: str) -> list[str]:
    classes = stack.folder / "one-write"
    # As many threads for the collector as there are: the default of a server's JVM.
    return [
        *("java", "-Xmx1g", "-XX:+UseParallelGC"),
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        *("-cp", f"{classes}:{jars_folder(pom=_POM)}/*", "OneWrite"),
        *(stack.broker, prefix + STREAMS, prefix + EVENTS),
        str(stack.folder / f"{prefix}state"),
    ]


PROGRAMS = (
    Program(OURS, _python("bench.one_write.ours")),
    Program(CEILING, _python("bench.one_write.ceiling")),
    Program(STREAMS, _java),
)


def compile_java(stack: Stack) -> None:
    """Fetch the jars and compile into the stack's folder; raises `StackError`."""
    preflight([], also=["javac"])
    ensure_jars(_POM)
    classes = stack.folder / "one-write"
    command = ["javac", "-cp", f"{jars_folder(pom=_POM)}/*", "-d", str(classes)]
    done = subprocess.run(
        [*command, str(_JAVA)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StackError(f"javac: {done.stderr.strip()}")


def start(
    program: Program, stack: Stack, prefix: str, processes: Processes
) -> "subprocess.Popen[bytes]":
    """Start it and return when it waits for events; raises `StackError`."""
    log = stack.log_file(f"{prefix}{program.name}")
    process = processes.spawn(program.argv(stack, prefix), log=log)
    deadline = time.monotonic() + 60
    while READY not in (said := log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(said.splitlines()[-15:])
            raise StackError(f"{program.name} did not become ready:\n{tail}")
        time.sleep(0.1)
    return process
