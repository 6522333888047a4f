import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev.places import REPOSITORY

_COMMAND = [sys.executable, "-m", "dev.stack"]


def lines_until(process: subprocess.Popen[str], last: str) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.rstrip("\n")
        if last in line:
            return


@contextmanager
def killed_in_the_end(process: subprocess.Popen[str]) -> Iterator[None]:
    """A test that fails must not wait for the process it failed to end."""
    try:
        yield
    finally:
        process.kill()


@pytest.mark.broker
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_nothing_is_left(tmp_path: Path, number: signal.Signals):
    """Ctrl-C, SIGTERM and even kill -9 of `up` end its services."""
    command = [*_COMMAND, "up", "--services", "redis,slack", "--state", str(tmp_path)]
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        ) as process,
        killed_in_the_end(process),
    ):
        shown = list(lines_until(process, "Ctrl-C stops all"))
        assert [line.split()[0] for line in shown[2:4]] == ["redis", "slack"]
        assert "redis://127.0.0.1:" in shown[2]
        children = Path(f"/proc/{process.pid}/task")
        pids = {
            int(child)
            for task in children.iterdir()
            for child in (task / "children").read_text().split()
        }
        watched = [os.pidfd_open(pid) for pid in pids]
        assert len(watched) == 2
        process.send_signal(number)
        status = process.wait(10)
    for pidfd in watched:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        assert poll.poll(5_000), "a service outlived its stack"
        os.close(pidfd)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)


@pytest.mark.broker
def test_ended_while_it_starts_nothing_is_left(tmp_path: Path):
    """SIGTERM when Redis is up and Kafka is not."""
    command = [*_COMMAND, "up", "--services", "kafka,redis", "--state", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as process:
        assert list(lines_until(process, "redis is ready"))
        process.terminate()
        assert process.stdout is not None
        assert process.stdout.read() == "stopped\n"
    assert process.returncode == 0
    assert [
        link for link in Path("/proc").glob("[0-9]*/fd/1") if is_in(tmp_path, link)
    ] == []


def is_in(folder: Path, link: Path) -> bool:
    """Whether a process of the stack in `folder` writes its log there."""
    try:
        return link.readlink().is_relative_to(folder)
    except OSError:
        return False


def test_logs_of_a_stack_that_never_was(tmp_path: Path):
    """One line on standard error and exit 1, no traceback."""
    command = [*_COMMAND, "logs", "kafka", "--state", str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"dev.stack: no log of kafka in {tmp_path}: was it started?\n"
    )


def test_a_wrong_service_is_one_line(tmp_path: Path):
    """A person's mistake gives no traceback."""
    command = [*_COMMAND, "up", "--services", "kafak", "--state", str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert done.returncode == 1
    assert done.stderr.startswith("dev.stack: no service 'kafak'")


@pytest.mark.parametrize("arguments", [["up"], ["logs"]])
def test_help_has_an_example(arguments: list[str]):
    """Each command says how it is called."""
    done = subprocess.run(
        [*_COMMAND, *arguments, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    assert f"Example: python -m dev.stack {arguments[0]}" in done.stdout
