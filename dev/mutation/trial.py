"""A trial: the tests of the rules against one mutant, in a process of its own.

Its outcome is the same on a busy machine: the tests draw the same examples each time
and remember none, and what ends an endless mutant is CPU time.
"""

import importlib.abc
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NamedTuple

from hypothesis import Phase, settings

from dev.mutation.mutants import Mutant

_PROFILE = "mutation"
settings.register_profile(
    _PROFILE,
    derandomize=True,
    database=None,
    deadline=None,
    # Nobody reads the example, so none is made smaller, which takes minutes.
    phases=(Phase.explicit, Phase.generate),
)

_OPTIONS = (
    *("-x", "-q", "-p", "no:cacheprovider", f"--hypothesis-profile={_PROFILE}"),
    # Loaded before the fork, to load it once.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


class Outcome(StrEnum):
    KILLED = "killed"
    ENDLESS = "endless"
    """It took several times the CPU time of the code as it is: noticed, too."""
    SURVIVED = "survived"


class Trial(NamedTuple):
    outcome: Outcome
    cpu_seconds: float


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


def trial(
    mutant: Mutant | None, tests: Sequence[str], cpu_seconds: float | None = None
) -> Trial:
    """Run `tests` until the first that fails, for so long at most.

    Without a mutant: against the code as it is.
    """
    child = os.fork()
    if child == 0:
        if cpu_seconds is not None:
            limit = int(cpu_seconds) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        os._exit(_run(mutant, tests))
    _, status, used = os.wait4(child, 0)
    return Trial(_outcome(status), used.ru_utime + used.ru_stime)


def _outcome(status: int) -> Outcome:
    if status == 0:
        return Outcome.SURVIVED
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in _OUT_OF_TIME:
        return Outcome.ENDLESS
    return Outcome.KILLED


_OUT_OF_TIME = (signal.SIGXCPU, signal.SIGKILL)


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
