"""Core dumps: what a process that crashed in C leaves behind, kept in a folder.

Linux decides by `/proc/sys/kernel/core_pattern`: a bare name is written where the
process works, so each process works in a folder of its own. A pipe (systemd's or
apport's) or a path takes the dump elsewhere, and then it is said where.
"""

import resource
import signal
from collections.abc import Sequence
from pathlib import Path

_PATTERN = Path("/proc/sys/kernel/core_pattern")
DUMPS = frozenset(
    -number
    for number in (
        *(signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL),
        *(signal.SIGQUIT, signal.SIGTRAP, signal.SIGSYS),
    )
)
"""Exit statuses with a core dump."""


class Cores:
    """The dumps of processes by their names, below `folder`."""

    def __init__(self, folder: Path, pattern: Path = _PATTERN) -> None:
        self._folder = folder
        self._pattern = pattern

    def allowed(self, command: Sequence[str]) -> list[str]:
        """The command that runs `command` with dumps as large as they get."""
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        most = "unlimited" if hard == resource.RLIM_INFINITY else str(hard)
        return ["prlimit", f"--core={most}", *command]

    def folder_of(self, name: str) -> Path:
        """Where the process works, and its dump appears."""
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def keep(self, name: str) -> str:
        """Where the dump of `name`, which has just ended, lies; or why there is none.

        Call it once an end: it is put aside, the next one would be written over it.
        """
        folder = self.folder_of(name)
        new = sorted(folder.glob("core*"))
        if not new:
            pattern = self._pattern.read_text("utf-8", "replace").strip()
            return f"no core dump in {folder}: core_pattern is {pattern!r}"
        kept = folder / f"dump-{1 + len(list(folder.glob('dump-*')))}"
        return f"core dump: {new[0].rename(kept)}"
