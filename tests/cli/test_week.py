"""`replyclock simulate --week` as people type it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dev.places import CONFIG
from stream.cli import main
from tests.company.weeks import threads, week, written

HOW = "write a week, 2026-W48, or its first day, 2026-11-23"
FEW = "conversations: 30\n"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "company.yaml"
    path.write_text(f"version: 1\n{FEW}", "utf-8")
    return path


def run(*typed: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *typed, "--config", str(CONFIG)])


def test_it_says_what_it_played(profile: Path) -> None:
    """Events of the profile and the seed on stdout, one line about them on stderr."""
    result = run("--week", "2026-W48", "--profile", str(profile), "--seed", "7")
    events = week(FEW, seed=7)

    assert result.exit_code == 0
    assert result.stdout_bytes == written(events)
    assert result.stderr == (
        f"{len(threads(events))} conversations, {len(events)} events,"
        " Mon 23 Nov 2026 to Sun 29 Nov 2026 (UTC), seed 7\n"
    )


def test_a_week_may_begin_on_any_day_and_last_longer(profile: Path) -> None:
    """From Friday over the weekend to Monday; nothing before and nothing after."""
    result = run("--week", "2026-11-20", "--days", "4", "--profile", str(profile))
    days = {json.loads(line)["received_at"][:10] for line in result.stdout.splitlines()}

    assert days <= {"2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"}
    assert "Fri 20 Nov 2026 to Mon 23 Nov 2026 (UTC)" in result.stderr


def test_the_default_is_last_week(profile: Path) -> None:
    """The last that is over, from Monday to Sunday."""
    before = datetime.now(UTC).date()
    said = run("--week", "--profile", str(profile)).stderr
    since = before - timedelta(days=before.weekday() + 7)
    week = f"{since:%a %d %b %Y} to {since + timedelta(days=6):%a %d %b %Y} (UTC)"

    assert week in said or datetime.now(UTC).date() > before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--days", "3"], "--days goes with --week"),
        (["--profile", str(CONFIG)], "--profile goes with --week"),
        (["--week", "--rate", "5"], "--rate does not go with --week"),
        (
            ["--week", "--start", "7d"],
            "--start does not go with --week: write the first day, --week 2026-11-23",
        ),
        (
            ["--week", "--to", "http://127.0.0.1:1"],
            "a week goes to stdout or kafka: an intake would say that it came today",
        ),
        (
            ["--week", "2026-W54"],
            f"Invalid value for '--week': '2026-W54': {HOW}",
        ),
        (
            ["--week", "2300-01-01"],
            "Invalid value for '--week': '2300-01-01' is not from 1972 to 2198",
        ),
    ],
)
def test_what_is_typed_wrong_is_said(typed: list[str], said: str) -> None:
    """Options of a play and of a week are not mixed; a week is one."""
    result = run(*typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"Error: {said}"


def test_a_fault_of_the_profile_is_one_line(profile: Path) -> None:
    """With its place, as those of the rules file; exit 1."""
    profile.write_text(f"version: 1\n{FEW}agnets: {{}}\n", "utf-8")
    result = run("--week", "--profile", str(profile))

    wrong = "agnets: is not known here: did you mean 'agents'?"
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{profile}:3:1: {wrong}\n"


def test_the_schema_of_a_profile_is_printed() -> None:
    """For editors; the file in config/ is the same."""
    said = CliRunner().invoke(main, ["schema", "company"]).stdout
    assert said == (CONFIG.parent / "company.schema.json").read_text("utf-8")
