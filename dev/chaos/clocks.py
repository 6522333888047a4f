"""Clocks: the wall time of single processes, set ahead and back while they run.

    python -m dev.chaos.clocks /tmp/worker.clock stream.cli worker

Patched from outside, in this process only. The time since boot, by which a process
knows of the jump, and the monotonic one, by which it waits, go on as they are.

Not by libfaketime: told to leave the monotonic clock alone, it makes Python's `sleep`
fail (EINVAL) while the wall is far off, and it is in the way of each wait for the GIL.
"""

import mmap
import runpy
import struct
import sys
import time
from pathlib import Path
from typing import Any

from aiokafka.producer.message_accumulator import BatchBuilder

_ERROR = struct.Struct("=q")
"""Nanoseconds; eight bytes are read and written whole."""
_NS = 1_000_000_000


class Clocks:
    """Each process's clock is a file in `folder` that says how wrong it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def behind(self, name: str, program: tuple[str, ...]) -> tuple[str, ...]:
        """The program (`-m`, module, ...) with a clock of its own, which is right."""
        self.set_right(name)
        return ("-m", "dev.chaos.clocks", str(self._file(name)), *program[1:])

    def step(self, name: str, by: float) -> None:
        """Set the clock of `name` so many seconds ahead, or back where negative."""
        clock = self._file(name)
        clock.touch()  # and never cut short: that would end (SIGBUS) who looks at it
        with clock.open("r+b") as file:
            file.write(_ERROR.pack(int(by * _NS)))

    def set_right(self, name: str) -> None:
        self.step(name, 0)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.clock"


def follow(clock: Path) -> None:
    """From now on this process's wall time is wrong by what the file says."""
    with clock.open("r+b") as file:
        error = mmap.mmap(file.fileno(), _ERROR.size)
    right, append = time.time_ns, BatchBuilder.append

    def time_ns() -> int:
        return right() + int(_ERROR.unpack_from(error)[0])

    def stamped(self: Any, *, timestamp: int | None, **record: Any) -> Any:
        """As aiokafka's C does, which asks the system itself."""
        at = time_ns() // 1_000_000 if timestamp is None else timestamp
        return append(self, timestamp=at, **record)

    time.time_ns = time_ns
    time.time = lambda: time_ns() / _NS
    BatchBuilder.append = stamped


if __name__ == "__main__":
    follow(Path(sys.argv.pop(1)))
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
