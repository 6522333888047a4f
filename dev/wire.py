"""A wire: a process behind a network of its own that can be cut.

    with Wire.lay() as wire:
        spawn(wire.behind(["python", "-m", ...]))   # reaches us at wire.here
        wire.cut()
        wire.mend()

A network namespace joined to ours by a pair of virtual Ethernet devices. When our
end is down nothing arrives and nobody is told, as with a cable that was pulled: TCP
goes on trying. Only root can do that; everything goes when the namespace's holder
ends, with the process that laid it.
"""

import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dev.faults import StackError
from dev.processes import Processes

_NETWORK = 198 << 24 | 18 << 16
"""198.18.0.0/15, which RFC 2544 keeps for tests of networks: a /30 for each wire."""
_WIRES = 2**15
_WITHIN_S = 5.0


class Wire:
    """`here` is our address on it, `there` that of the processes behind it."""

    def __init__(self, number: int) -> None:
        """For `Wire.lay`."""
        self.here = _address(4 * number + 1)
        self.there = _address(4 * number + 2)
        self._end = f"rcw{number}"
        self._processes = Processes()
        self._holder = 0

    @classmethod
    def lay(cls) -> Self:
        """Raises `StackError` where a namespace cannot be made."""
        wire = cls(os.getpid() % _WIRES)
        try:
            wire._lay()
        except BaseException:
            wire.take_up()
            raise
        return wire

    def _lay(self) -> None:
        ours = Path("/proc/self/ns/net").readlink()
        hold = ["unshare", "--net", "sleep", "infinity"]
        process = self._processes.spawn(hold, log=Path(os.devnull))
        self._holder = process.pid
        deadline = time.monotonic() + _WITHIN_S
        while self._namespace() in {ours, None}:
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError("no network namespace can be made: that needs root")
            time.sleep(0.01)
        far = ["peer", "name", "wire", "netns", str(self._holder)]
        _ip("link", "add", self._end, "type", "veth", *far)
        _ip("address", "add", f"{self.here}/30", "dev", self._end)
        for command in (
            ["link", "set", "lo", "up"],
            ["address", "add", f"{self.there}/30", "dev", "wire"],
            ["link", "set", "wire", "up"],
        ):
            _run(self.behind(["ip", *command]))
        self.mend()

    def _namespace(self) -> Path | None:
        with suppress(OSError):
            return Path(f"/proc/{self._holder}/ns/net").readlink()
        return None

    def behind(self, command: Sequence[str]) -> list[str]:
        """The command that runs `command` behind the wire, as the same process."""
        return ["nsenter", f"--net=/proc/{self._holder}/ns/net", *command]

    def cut(self) -> None:
        """From now on nothing arrives on either side."""
        _ip("link", "set", self._end, "down")

    def mend(self) -> None:
        """Let through again; what either side still tries to send arrives."""
        _ip("link", "set", self._end, "up")

    def take_up(self) -> None:
        """End the namespace; the next wire of this process may have its name."""
        # The kernel takes its time over a namespace's devices.
        subprocess.run(
            ["ip", "link", "delete", self._end], capture_output=True, check=False
        )
        self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.take_up()


def _address(number: int) -> str:
    value = _NETWORK + number
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _ip(*arguments: str) -> None:
    _run(["ip", *arguments])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=_WITHIN_S
    )
    if done.returncode:
        raise StackError(f"{' '.join(command)}: {done.stderr.strip()}")
