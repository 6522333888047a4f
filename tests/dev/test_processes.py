import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dev.faults import StoppedError
from dev.processes import Processes, terminate

_FOREVER = ["sh", "-c", "echo up; exec sleep 60"]


def wait_for(word: str, log: Path) -> None:
    """Until the child has written it: then its death signal is set for sure."""
    while word not in log.read_text():
        os.sched_yield()


def ended_within(pidfd: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def test_a_child_outlives_the_thread_that_started_it(tmp_path: Path):
    """Services are started side by side in threads that end when they are ready."""
    processes, started, log = Processes(), [], tmp_path / "child.log"

    def start() -> None:
        started.append(processes.spawn(_FOREVER, log=log))
        wait_for("up", log)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    with pytest.raises(subprocess.TimeoutExpired):
        started[0].wait(0.3)
    processes.close()
    assert started[0].returncode == -signal.SIGKILL


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path):
    """Even kill -9 of the parent leaves nothing behind."""
    program = (
        "import signal, pathlib, dev.processes as p\n"
        f"log = pathlib.Path({str(tmp_path)!r}, 'log')\n"
        f"c = p.Processes().spawn({_FOREVER!r}, log=log)\n"
        "print(c.pid, flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.kill()
            assert ended_within(child, 5)
        finally:
            os.close(child)


def test_output_is_appended_to_the_log(tmp_path: Path):
    """Both streams, and what an earlier process wrote stays."""
    log = tmp_path / "child.log"
    log.write_text("before\n")
    processes = Processes()
    script = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
    processes.spawn([sys.executable, "-c", script], log=log).wait()
    processes.close()
    assert log.read_text() == "before\nout\nerr\n"


def test_nothing_starts_after_the_close(tmp_path: Path):
    """A thread that is still starting services while the stack stops is refused."""
    processes = Processes()
    processes.close()
    with pytest.raises(StoppedError):
        processes.spawn(_FOREVER, log=tmp_path / "child.log")


def test_a_process_that_ignores_the_request_is_killed(tmp_path: Path):
    """An orderly stop takes no longer than it may."""
    script = (
        "import signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\n"
        "while True: signal.pause()\n"
    )
    processes, log = Processes(), tmp_path / "child.log"
    child = processes.spawn([sys.executable, "-c", script], log=log)
    wait_for("deaf", log)
    terminate(child, seconds=0.2)
    assert child.returncode == -signal.SIGKILL
    processes.close()
