"""The Faust here: the one that the engine was written for, and compiled or not."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from stream.doctor.check import Check, Finding, fail, ok
from stream.engine.guard import EngineError, check_engine

_PACKAGES = ("faust-streaming", "mode-streaming", "aiokafka")


def engine_check() -> Check:
    return Check(name="engine", look=_look)


async def _look() -> Sequence[Finding]:
    try:
        check_engine()
    except EngineError as error:
        found, _, _ = str(error).partition(": install")
        install = "pip install --require-hashes -r requirements.lock"
        return [fail("engine", found, f"unset NO_CYTHON; {install}")]
    return [ok("engine", f"{', '.join(map(_version, _PACKAGES))}, compiled")]


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} missing"
