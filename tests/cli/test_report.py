"""`replyclock report` as people type it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dev.places import CONFIG
from stream.cli import main
from stream.records import encode_fact
from tests.figures.told import Told

WEEK = ("--week", "2026-W47")
FILES = ("report.html", "report.json", "figures.csv")


@pytest.fixture(scope="module")
def told() -> Told:
    """Week 46 has one session, week 47 has two, one of them answered late."""
    told = Told()
    for key, day, waited_s, author in (
        ("before", "-2 mon", 60, "ana"),
        ("a", "-1 tue", 120, "ana"),
        ("b", "-1 wed", 4000, "ben"),
    ):
        told.wait(key, f"{day} 09:00", waited_s, author=author)
        told.session(key, f"{day} 09:00", f"{day} 12:00", agent_replies=1)
    return told


@pytest.fixture(scope="module")
def file(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("told") / "told.jsonl"
    path.write_bytes(b"\n".join([*map(encode_fact, told.facts), b"no fact", b""]))
    return path


def run(*typed: object) -> Result:
    words = ["report", *map(str, typed), "--config", str(CONFIG)]
    return CliRunner().invoke(main, words)


def archived(file: Path, folder: Path) -> Result:
    return CliRunner().invoke(main, ["facts", "archive", str(folder), str(file)])


def written(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


@pytest.fixture(scope="module")
def done(file) -> subprocess.CompletedProcess[str]:
    """A report by a process, in the folder of the file."""
    words = ["report", str(file), *WEEK, "--config", str(CONFIG)]
    return subprocess.run(
        [sys.executable, "-m", "stream.cli", *words],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=True,
    )


def test_of_a_file(done, file):
    """Three files; what is no fact is counted, and no sentence: few are chance."""
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "1 records are no facts, and left out",
        "page: report/report.html",
    ]
    files = written(file.parent / "report")
    assert files.keys() == {*FILES}
    said = json.loads(files["report.json"])
    assert said["period"]["begin"] == "2026-11-16T00:00:00.000Z"
    reply = said["figures"]["first_reply_time"]
    assert [reply[when]["n"] for when in ("now", "before")] == [2, 1]
    assert [wait["conversation_id"] for wait in said["longest_waits"]] == ["b", "a"]


def test_of_an_archive_it_is_the_same_and_agents_are_in_it_when_asked(
    done, file, tmp_path
):
    """A file is made an archive first: one way. No names of people in any, else."""
    assert archived(file, tmp_path / "facts").exit_code == 0
    assert run(tmp_path / "facts", *WEEK, "--agents", "--out", tmp_path).exit_code == 0

    of_file, asked = written(file.parent / "report"), {}
    for name in FILES:
        asked[name] = (tmp_path / name).read_text("utf-8")
        assert "ben" not in of_file[name]
        assert "orkload" not in of_file[name]
        assert "ben" in asked[name]
        assert "orkload" in asked[name]
    same = [
        line
        for line in asked["figures.csv"].splitlines()
        if ",agent," not in line and not line.startswith("workload")
    ]
    assert same == of_file["figures.csv"].splitlines()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((), "say of which time: --week, --month, --quarter, or --from and --to"),
        (("--week", "2026-W48", "--month"), "say of which time"),
        (("--to", "2026-11-24"), "--to goes with --from"),
        (("--from", "2026-11-24", "--to", "2026-11-24"), "--to is not after --from"),
        (("--month", "2026-13"), "'2026-13': write 2026-11"),
        (("--quarter", "2026-5"), "'2026-5': write 2026-Q4"),
        (("--week", "--out", "nowhere/report"), "there is no folder nowhere"),
        (("--from", "soon"), "write 2026-11-23T09:00:00Z, or how long ago"),
        (("--week", "2198-W01"), "Week 1, 2198 has not begun"),
    ],
)
def test_what_is_typed_wrong(file, typed, said):
    """Says what to write, and is a fault of usage."""
    result = run(file, *typed)

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_time_of_which_nothing_is_known(file):
    """Says of when the facts are, and makes no empty page."""
    result = run(file, "--month", "2026-10")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        f"Error: nothing happened in October 2026 by {file}: its facts are from"
        " 2026-11-09 to 2026-11-18"
    )


def test_a_folder_without_facts(tmp_path):
    """Says what writes them."""
    result = run(tmp_path, *WEEK)

    assert result.exit_code == 1
    assert f"replyclock facts archive {tmp_path}" in result.stderr


def test_without_what_draws_it_says_what_to_install(file, monkeypatch):
    """Before the long work, not after it."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    result = run(file, *WEEK)

    assert result.exit_code == 1
    assert 'pip install "replyclock[figures]"' in result.stderr
