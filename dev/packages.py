"""The programs of Debian that the stack runs, and how they get onto the machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.faults import MissingError, StackError

_POLICY = Path("/usr/sbin/policy-rc.d")
_PACKAGES = {
    "java": "default-jre-headless",
    "javac": "default-jdk-headless",
    "mvn": "maven",
    "redis-server": "redis-server",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "openssl": "openssl",
    "ip": "iproute2",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "chromium": "chromium",
    "node": "nodejs",
    "npm": "npm",
}
_NOT_EVERYWHERE = {
    "chromium": "chromium (Ubuntu's is for snap alone: put Chrome on the PATH as this)",
}
_PROGRAMS = {
    "kafka": ("java",),  # and Maven, once: dev/kafka/jars.py
    "kafka-cluster": ("java",),
    "kafka-secure": ("java", "openssl"),
    "redis": ("redis-server",),
    "prometheus": ("prometheus", "promtool"),
    "alertmanager": ("prometheus-alertmanager",),
    "slack": (),
}


def programs_of(services: Iterable[str]) -> list[str]:
    return [program for service in services for program in _PROGRAMS[service]]


def missing_packages(
    programs: Iterable[str], find: Callable[[str], str | None] = shutil.which
) -> list[str]:
    """Packages to install so that all programs are there, each once, in order."""
    packages = [_PACKAGES[program] for program in programs if find(program) is None]
    return list(dict.fromkeys(packages))


def install_command(packages: Iterable[str]) -> list[str]:
    return ["apt-get", "install", "--yes", "--no-install-recommends", *packages]


def explain_missing(packages: list[str]) -> str:
    """One line: what is missing and the command that helps."""
    names = ", ".join(_NOT_EVERYWHERE.get(name, name) for name in packages)
    command = " ".join(install_command(packages))
    return f"missing: {names}; run: sudo apt-get update && sudo {command}"


def preflight(
    services: Iterable[str] = tuple(_PROGRAMS), *, also: Iterable[str] = ()
) -> None:
    """See to it that the programs of `services`, and `also`, are on this machine.

    Installs what is missing when we are root on a Debian, else raises
    `MissingError` with the exact command. Downloads nothing when all is there.
    """
    programs = [*programs_of(services), *also]
    packages = missing_packages(programs)
    if packages:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise MissingError(explain_missing(packages))
        _install(packages)
        left = missing_packages(programs)
        if left:
            raise MissingError(explain_missing(left))


def _install(packages: list[str]) -> None:
    print(f"installing {', '.join(packages)} (Debian packages)", file=sys.stderr)
    with _no_daemons():
        for command in (["apt-get", "update"], install_command(packages)):
            done = subprocess.run(
                command,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            # `update` fails when one source of many is away; `install` then decides.
            if done.returncode and "install" in command:
                lines = done.stderr.strip().splitlines()[-5:]
                raise StackError("\n".join([f"failed: {' '.join(command)}", *lines]))


@contextmanager
def _no_daemons(policy: Path = _POLICY) -> Iterator[None]:
    """Packages installed meanwhile do not start their system services.

    Debian asks this script before every start; one that is there already is the
    machine's own decision and stays.
    """
    try:
        with policy.open("x") as script:
            script.write("#!/bin/sh\nexit 101\n")
    except FileExistsError:
        yield
        return
    try:
        policy.chmod(0o755)
        yield
    finally:
        policy.unlink(missing_ok=True)
