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
