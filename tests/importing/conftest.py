"""The command as people type it, over files that a test writes."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stream.cli import main

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the variables of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("REPLYCLOCK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def imported(tmp_path: Path) -> Run:
    """`imported("csv", [content], *options)`; what is raised beside its exit fails."""

    def run(form: str, contents: list[object], *options: str) -> Result:
        paths = []
        for number, content in enumerate(contents):
            path = tmp_path / f"history-{number}"
            path.write_bytes(_written(content))
            paths.append(str(path))
        result = CliRunner().invoke(main, ["import", form, *paths, *options])
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        return result

    return run


def _written(content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()
