from pathlib import Path

import pytest

from dev.faults import StackError
from dev.stack.folder import claim, log_file


def test_a_new_stack_finds_its_folder_empty(tmp_path: Path):
    """Logs and data of the stack before are gone."""
    claim(tmp_path).close()
    log_file(tmp_path, "redis").write_text("old")
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "data").write_text("old")
    with claim(tmp_path):
        assert sorted(path.name for path in tmp_path.rglob("*")) == [
            "logs",
            "stack.lock",
        ]


def test_two_stacks_never_share_a_folder(tmp_path: Path):
    """The second is told who has it; the first loses nothing."""
    with claim(tmp_path):
        log_file(tmp_path, "redis").write_text("mine")
        with pytest.raises(StackError, match="running stack"):
            claim(tmp_path)
        assert log_file(tmp_path, "redis").read_text() == "mine"
    claim(tmp_path).close()


def test_files_of_others_are_not_deleted(tmp_path: Path):
    """A folder that no stack made is refused, whatever is in it."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StackError, match="no stack's"):
        claim(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
