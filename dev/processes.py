"""Child processes that never outlive the process that started them."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dev.faults import StoppedError
from dev.places import REPOSITORY

_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dev-spawner")
"""Linux counts the *thread* that forked as the parent: a child with a death signal
dies with that thread. This one lives as long as the interpreter, so children may be
started from short-lived threads."""

_GUARD = 'test "$PPID" = "$0" || exit 1; exec "$@"'
"""Had the parent died before the death signal was set, PPID would be another's."""


class Processes:
    """The processes of one stack. Any thread may call any method."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._running: list[subprocess.Popen[bytes]] = []

    def spawn(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        folder: Path = REPOSITORY,
    ) -> subprocess.Popen[bytes]:
        """Start `command` in `folder`, output appended to `log`.

        The kernel kills it when this process ends, however it ends; a terminal's
        Ctrl-C does not reach it. Raises `StoppedError` after `close`.
        """
        with self._lock:
            if self._closed:
                raise StoppedError("the stack is stopping")
            self._running = [p for p in self._running if p.poll() is None]
            process = _SPAWNER.submit(_start, command, log, env, folder).result()
            self._running.append(process)
            return process

    def close(self) -> None:
        """Kill all that still run and wait for their end."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
            for process in self._running:
                process.wait()


def _start(
    command: Sequence[str], log: Path, env: Mapping[str, str] | None, folder: Path
) -> subprocess.Popen[bytes]:
    bound = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", _GUARD, str(os.getpid())]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*bound, *command],
            cwd=folder,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def terminate(process: subprocess.Popen[bytes], seconds: float = 10) -> None:
    """Ask the process to end; kill it when it has not within `seconds`."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
