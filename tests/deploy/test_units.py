"""systemd's units: as systemd itself reads them, and held against the code."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from alerts.app import LAST_STEP_SECONDS
from dev.prometheus import TEMPLATE
from stream.engine.worker import _STOP_WITHIN_S
from stream.intake.process import _SHUTDOWN_SECONDS
from stream.process.settings import PREFIX
from tests.deploy.environment import (
    FIELDS,
    PROCESSES,
    SECRETS,
    compose_secrets,
    field_of,
    load,
    unknown,
)
from tests.deploy.unit import FOLDER, INSTANCE, UNITS, Unit, environment_file
from tests.pages import blocks

CREDENTIALS = "/run/credentials"
PROGRAM = "/opt/replyclock/bin/replyclock"
EXPOSURE = 2.0
"""What systemd may find at most: 10 is a service that may do all."""


@pytest.fixture(params=PROCESSES)
def process(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def unit(process: str) -> Unit:
    return Unit(process, credentials=CREDENTIALS, state="/var/lib")


# -- What systemd says


@pytest.fixture
def analyze(tmp_path: Path) -> str:
    """`systemd-analyze`, and in `tmp_path` a machine that has our units."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("no systemd-analyze here (package systemd)")
    shutil.copytree(FOLDER, tmp_path / "etc" / "systemd" / "system")
    return found


def test_systemd_takes_the_units(analyze: str, tmp_path: Path) -> None:
    """Without a word: no key that it does not know, no value that it ignores."""
    folder = tmp_path / "etc" / "systemd" / "system"
    program = tmp_path / "replyclock"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    for file in folder.glob("*.service"):
        file.write_text(file.read_text("utf-8").replace(PROGRAM, f"{program}"), "utf-8")
    units = [name.replace("@", "@9101") for name in UNITS.values()]
    said = subprocess.run(
        [analyze, "verify", *units, "replyclock.target"],
        env={"SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in said.stderr.splitlines() if "replyclock" in line]
    assert ours == []
    assert said.returncode == 0, said.stderr


def test_a_service_that_is_broken_into_can_do_little(
    analyze: str, tmp_path: Path, process: str
) -> None:
    """By systemd's own measure."""
    command = [analyze, "security", "--offline=yes", f"--root={tmp_path}"]
    command.append(f"--threshold={EXPOSURE * 10:.0f}")
    done = subprocess.run(
        [*command, UNITS[process].replace("@", "@9101")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_page_installs_what_is_there() -> None:
    """docs/systemd.md copies all of the folder, by commands that name no other file."""
    (install, *_) = blocks("systemd.md", "sh")
    copied = {
        file.name
        for pattern in re.findall(r"config/systemd/(\S+)", install)
        for file in FOLDER.glob(pattern)
    }
    assert copied == {file.name for file in FOLDER.iterdir()}


def test_prometheus_of_the_page_is_ours() -> None:
    """docs/systemd.md says what ours has, with addresses of one machine.

    None is a name that only Compose resolves: the worker's was, and it was not seen.
    """
    [block] = blocks("systemd.md", "yaml")
    said = yaml.safe_load(block)
    ports = {"intake": "9103", "worker": "9101", "alerts": "9102"}
    targets = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    assert said.pop("scrape_configs") == [
        {"job_name": name, "static_configs": [{"targets": [target]}]}
        for name, target in targets.items()
    ]
    ours = yaml.safe_load(TEMPLATE.read_text("utf-8"))
    assert [job["job_name"] for job in ours.pop("scrape_configs")] == [*targets]
    for settings in (said, ours):
        settings["global"]["external_labels"]["runbook"] = ""
        del settings["alerting"]["alertmanagers"]
    assert said == ours


# -- What a unit gives


def test_a_unit_runs_its_process(unit: Unit, process: str) -> None:
    assert unit.command == [PROGRAM, process]
    assert unit.one("ExecReload") == "/bin/kill -HUP $MAINPID"
    assert unit.one("Restart") == "on-failure"
    assert unit.one("PartOf") == unit.one("WantedBy") == "replyclock.target"


def test_a_unit_gives_settings_that_exist(unit: Unit, process: str) -> None:
    """None that no process reads; each file is one that systemd puts there."""
    given = {k: v for k, v in unit.environment.items() if k.startswith(PREFIX)}
    assert unknown(list(given)) == []
    files = {field_of(name): value for name, value in given.items() if "_FILE" in name}
    assert files == {name: f"{CREDENTIALS}/{name}" for name in unit.credentials}
    assert unit.credentials == {
        name: f"/etc/replyclock/secrets/{name}" for name in compose_secrets(process)
    }
    assert given[f"{PREFIX}CONFIG"] == "/etc/replyclock/sla.yaml"


def test_what_everybody_edits_is_not_what_the_units_give(unit: Unit) -> None:
    """replyclock.env would win over them, and holds no secret."""
    example = environment_file("replyclock.env")
    assert unknown(list(example)) == []
    assert unit.all("EnvironmentFile") == ["/etc/replyclock/replyclock.env"]
    assert not example.keys() & unit.environment.keys()
    assert not {field_of(name) for name in example} & SECRETS


def test_a_command_of_roots_has_what_the_services_have(tmp_path: Path) -> None:
    """Settings, rules and every secret that there is, a sink's too."""
    (tmp_path / "secrets").mkdir()
    for name in ("id_secret", "sink_desk"):
        (tmp_path / "secrets" / name).touch()
    shutil.copy(FOLDER / "replyclock.env", tmp_path)
    (tmp_path / "program").write_text('#!/bin/sh\necho "$@"; env', "utf-8")
    (tmp_path / "program").chmod(0o755)
    script = (FOLDER / "replyclock").read_text("utf-8")
    script = script.replace("/etc/replyclock", f"{tmp_path}")
    script = script.replace(PROGRAM, f"{tmp_path / 'program'}")
    ran = subprocess.run(
        ["sh", "-c", script, "replyclock", "explain", "a b"],
        capture_output=True,
        text=True,
        check=True,
    )
    argv, *environment = ran.stdout.splitlines()
    assert argv == "explain a b"
    assert {
        **environment_file("replyclock.env"),
        f"{PREFIX}CONFIG": f"{tmp_path}/sla.yaml",
        f"{PREFIX}ID_SECRET_FILE": f"{tmp_path}/secrets/id_secret",
        f"{PREFIX}SINK_DESK_FILE": f"{tmp_path}/secrets/sink_desk",
    }.items() <= dict(line.split("=", 1) for line in environment).items()


def test_a_worker_has_a_port_and_a_name_of_its_own() -> None:
    """By its instance, which is the port; the default one is the code's."""
    worker = Unit("worker", credentials="", state="").environment
    port = INSTANCE["worker"]
    assert str(FIELDS["worker_port"].default) == port
    assert worker[f"{PREFIX}WORKER_PORT"] == port
    assert worker[f"{PREFIX}MEMBER_ID"] == f"box-{port}"
    assert worker[f"{PREFIX}SESSION_TIMEOUT"] == "30s"


def test_the_spool_is_where_intake_may_write(process: str, unit: Unit) -> None:
    """In its own state's folder, which outlives it; nobody else has one."""
    folders = [f"/var/lib/{name}" for name in unit.all("StateDirectory")]
    spool = unit.environment.get(f"{PREFIX}SPOOL_DIR")
    assert folders == ([spool] if process == "intake" else [])
    assert unit.one("ProtectSystem") == "strict"
    assert unit.one("DynamicUser") == "yes"


def test_a_unit_takes_what_its_container_takes(unit: Unit, process: str) -> None:
    """Memory and processes as with Compose, and time to end in order."""
    service = load("docker-compose.yml")["services"][process]
    assert unit.one("MemoryMax").lower() == service["mem_limit"]
    assert unit.one("TasksMax") == str(service["pids_limit"])
    takes = max(_SHUTDOWN_SECONDS, _STOP_WITHIN_S + LAST_STEP_SECONDS)
    assert float(unit.one("TimeoutStopSec")) >= takes + 5
