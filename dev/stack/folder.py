"""The folder of one stack: emptied at the start, never shared."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

from dev.faults import StackError

_LOCK = "stack.lock"


def claim(folder: Path) -> IO[str]:
    """Empty the folder and hold it until the returned file is closed.

    Raises `StackError` when another stack has it, or when it holds files that no
    stack wrote: those would be lost.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inside = [path for path in folder.iterdir() if path.name != _LOCK]
    if inside and not (folder / _LOCK).exists():
        raise StackError(f"{folder} is not empty and no stack's: choose another")
    lock = (folder / _LOCK).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read().strip()
        lock.close()
        raise StackError(
            f"{folder} belongs to a running stack (process {owner}): choose another"
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    for path in inside:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    (folder / "logs").mkdir()
    return lock


def log_file(folder: Path, service: str) -> Path:
    """Where the output of a service goes."""
    return folder / "logs" / f"{service}.log"
