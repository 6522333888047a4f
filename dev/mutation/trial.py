"""A trial: the tests of the rules against one mutant, in a process of its own."""

import importlib.abc
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from enum import StrEnum
from importlib.machinery import ModuleSpec
from types import ModuleType

from dev.mutation.mutants import Mutant

_SECONDS = 150
"""A mutant that runs for ever is a mutant that was noticed."""


_OPTIONS = (
    *("-x", "-q", "-p", "no:cacheprovider"),
    # Loaded before the fork, to load it once.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


class Outcome(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant for its module; nothing on the disk changes."""

    def __init__(self, mutant: Mutant | None) -> None:
        self._name = ""
        if mutant is not None:
            self._name = ".".join(mutant.module.with_suffix("").parts)
            self._path, self._source = mutant.module, mutant.source()

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._source, str(self._path), "exec")
        exec(code, module.__dict__)  # noqa: S102  our own module


def trial(mutant: Mutant | None, tests: Sequence[str]) -> Outcome:
    """Run `tests` until the first that fails. None: against the code as it is."""
    child = os.fork()
    if child == 0:
        os._exit(_run(mutant, tests))
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return Outcome.KILLED if status else Outcome.SURVIVED
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return Outcome.KILLED


def _run(mutant: Mutant | None, tests: Sequence[str]) -> int:
    import pytest  # noqa: PLC0415  loaded by the parent, which has forked

    out = os.open(os.devnull, os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    try:
        sys.meta_path.insert(0, _Mutated(mutant))
        return int(pytest.main([*_OPTIONS, *tests]))
    except BaseException:  # noqa: BLE001  whatever it was, it was noticed
        return 1
