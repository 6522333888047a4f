"""The engine starts only on the Faust it was written for."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stream.engine import EngineError, guard

_ENGINE = Path(guard.__file__).parent


def test_this_faust_is_accepted():
    """The pinned versions have every private name that the engine uses."""
    guard.check_engine()


def test_other_version_is_refused():
    """Another version of Faust is refused, with both versions and what to do."""
    with pytest.raises(
        EngineError, match=r"needs faust-streaming 9\.9, found 0\.15\.3"
    ):
        guard.check_engine({"faust-streaming": "9.9"})


def test_missing_package_is_refused():
    """A package that is not installed is refused like a wrong version."""
    with pytest.raises(EngineError, match=r"needs no-such-package 1\.x, found none"):
        guard.check_engine({"no-such-package": "1."})


def test_moved_name_is_found():
    """A private name that Faust lost or moved is named with its class."""
    wanted = {"faust.transport.consumer:Consumer": ("_acked", "_moved_away")}
    found = guard.missing_names(wanted)
    assert found == ["faust.transport.consumer:Consumer._moved_away"]


def test_uncompiled_faust_is_refused():
    """Faust without its Cython parts is refused: it acknowledges what it skips."""
    code = (
        "from stream.engine import EngineApp, EngineError\n"
        "try:\n    EngineApp('x', broker='127.0.0.1:9', partitions=1)\n"
        "except EngineError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NO_CYTHON": "1", "PYTHONPATH": str(_ENGINE.parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Faust is not compiled here" in done.stdout


def test_every_private_name_is_listed():
    """What the engine touches beyond its own underscores is in the guard's list."""
    used: set[str] = set()
    own: set[str] = set()
    for path in _ENGINE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
                (own if isinstance(node.ctx, ast.Store) else used).add(node.attr)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                own.add(node.name)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                own.add(node.id)
    listed = {name for names in guard.PRIVATE_NAMES.values() for name in names}
    strangers = {name for name in used - own if not name.startswith("__")}
    # `os._exit` is public in all but name; the iterator is checked apart.
    assert strangers - listed == {"_CStreamIterator", "_exit"}


def test_the_hazard_table_names_tests_that_exist():
    """Each proof in docs/engine.md can be run."""
    page = (_ENGINE.parents[1] / "docs" / "engine.md").read_text()
    named = set(re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", page))
    named |= {("test_protocol.py", test) for test in re.findall(r"`(test_\w+)`", page)}
    assert len(named) > 12
    for file, test in named:
        text = Path(__file__).with_name(file).read_text()
        assert not test or f"def {test}(" in text, (file, test)
