import subprocess
from pathlib import Path

import pytest

from dev.faults import MissingError
from dev.packages import (
    _no_daemons,
    explain_missing,
    missing_packages,
    preflight,
    programs_of,
)
from dev.places import REPOSITORY


def test_a_package_is_named_once_for_all_its_programs():
    """Prometheus is one package with two programs; the order is kept."""
    programs = programs_of(["kafka", "prometheus", "slack"])
    packages = missing_packages(programs, find=lambda _program: None)
    assert packages == ["default-jre-headless", "prometheus"]


def test_nothing_is_missing_where_all_is_found():
    """Only programs that are not found count."""
    programs = ["java", "redis-server"]
    found = {"java": "/usr/bin/java"}
    assert missing_packages(programs, find=found.get) == ["redis-server"]


def test_the_message_holds_the_exact_command():
    """One line that a person can paste."""
    assert explain_missing(["maven", "redis-server"]) == (
        "missing: maven, redis-server; run: sudo apt-get update && "
        "sudo apt-get install --yes --no-install-recommends maven redis-server"
    )


def test_a_package_that_ubuntu_has_in_name_only_is_said_to_be_so():
    """Else whoever does what the line says reads the same line again."""
    said = explain_missing(["maven", "chromium"])
    assert said.startswith("missing: maven, chromium (Ubuntu's is for snap alone: ")
    assert said.endswith("--no-install-recommends maven chromium")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (
            None,
            "missing: {python}; run: sudo apt-get install --yes python3 python3-venv",
        ),
        ("exit 1", "ReplyClock needs Python 3.11 or newer: make PYTHON=python3.11"),
        (
            "case $2 in *ensurepip*) exit 1; esac",
            "missing: python3-venv; run: sudo apt-get install --yes python3-venv",
        ),
    ],
)
def test_a_machine_without_python_is_told_in_one_line(
    answers: str | None, said: str, tmp_path: Path
):
    """None, an old one, or Debian without python3-venv; nothing is left behind."""
    python, venv = tmp_path / "python", tmp_path / "venv"
    if answers:
        python.write_text(f"#!/bin/sh\n{answers}\n", encoding="utf-8")
        python.chmod(0o755)
    command = ["make", "install", f"PYTHON={python}", f"VENV={venv}"]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == said.format(python=python)
    assert not venv.exists()


def test_where_nothing_can_be_installed_the_command_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Without apt-get (or root) the stack does not start and says what to run."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match=r"apt-get install .* redis-server chromium"):
        preflight(["redis"], also=["chromium"])


def test_preflight_is_content_where_all_is_there():
    """It changes nothing then, and needs no rights."""
    preflight([], also=[])


def test_installed_packages_start_no_daemons(tmp_path: Path):
    """Debian asks a script that says no; it is gone afterwards."""
    policy = tmp_path / "policy-rc.d"
    with _no_daemons(policy):
        assert policy.read_text() == "#!/bin/sh\nexit 101\n"
        assert policy.stat().st_mode & 0o111
    assert not policy.exists()


def test_a_policy_that_is_there_stays(tmp_path: Path):
    """The machine's own decision is not ours to change or remove."""
    policy = tmp_path / "policy-rc.d"
    policy.write_text("theirs")
    with _no_daemons(policy):
        assert policy.read_text() == "theirs"
    assert policy.read_text() == "theirs"
