"""There is no Docker where the tests run: the files are held against the code."""

import asyncio
import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner
from pydantic import RedisDsn, SecretStr
from redis.exceptions import AuthenticationError
from ruamel.yaml import YAML

from alerts.connection import connect
from grafana.queries import WALL
from stream.cli import main
from stream.process.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "tests" / "data" / "compose" / "compose-spec.json"
PROCESSES = ("intake", "worker", "alerts")
OURS = (*PROCESSES, "configure")
"""What runs our image: `configure` once, before those who need its files."""
METRICS = {"intake": "intake_metrics", "worker": "worker", "alerts": "alerts"}
"""Whose host and port a process answers Prometheus at."""
FIELDS = Settings.model_fields
SECRETS = {
    name for name, field in FIELDS.items() if field.annotation == SecretStr | None
}

Service = dict[str, Any]


def shown(name: str) -> str:
    """A setting's default, as one writes it into an environment."""
    default = FIELDS[name].default
    return str(default).lower() if isinstance(default, bool) else str(default)


def load(*path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(ROOT.joinpath(*path))
    return loaded


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return load("docker-compose.yml")


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Service]:
    found: dict[str, Service] = compose["services"]
    return found


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def environment_of(service: Service) -> dict[str, str]:
    """The settings that a service is given, by their field's name or `name_file`."""
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in service["environment"].items()
        if name.startswith(PREFIX)
    }


# -- docker-compose.yml


def test_compose_file_is_of_the_specification(compose: dict[str, Any]) -> None:
    """The Compose Specification's own schema accepts the file."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(compose)


def test_whole_system_is_there(services: dict[str, Service]) -> None:
    """Our processes, and everything that they need."""
    needed = {"kafka", "redis", "prometheus", "alertmanager", "grafana"}
    assert set(services) == {*OURS, *needed}


def test_images_are_pinned(services: dict[str, Service]) -> None:
    """A foreign image has an exact version, a process the version of the project.

    A digest is welcome behind the version.
    """
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"$', project, re.MULTILINE)
    assert version
    for name, service in services.items():
        if name in OURS:
            assert service["image"] == f"replyclock:{version[1]}"
        else:
            image, _, digest = service["image"].partition("@")
            assert re.search(r":v?\d+\.\d+\.\d+(-\w+\d+\.\d+)?$", image)
            assert re.fullmatch(r"(sha256:[0-9a-f]{64})?", digest)


def test_kafka_is_the_one_that_is_tested(services: dict[str, Service]) -> None:
    """Containers run the Kafka that dev/ starts for the tests."""
    pom = (ROOT / "dev" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    version = re.search(r"<kafka.version>(.+)</kafka.version>", pom)
    assert version
    assert services["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_processes_run_commands_that_exist(services: dict[str, Service]) -> None:
    """Each process is a command of `replyclock`, and so is what configures others."""
    commands = {name: services[name]["command"] for name in OURS}
    assert [commands[name] for name in PROCESSES] == [[name] for name in PROCESSES]
    for command, *_ in commands.values():
        assert main.get_command(click.Context(main), command) is not None


def field_of(variable: str) -> str:
    """Of a secret, the file that holds it; some settings are files themselves."""
    return variable if variable in FIELDS else variable.removesuffix("_file")


def test_processes_get_settings_that_exist(services: dict[str, Service]) -> None:
    """No variable that Settings does not read; a file only for a secret."""
    for name in OURS:
        for variable in environment_of(services[name]):
            field = field_of(variable)
            assert field in FIELDS, variable
            assert (field in SECRETS) == (variable != field), variable


def test_every_setting_reaches_a_process(services: dict[str, Service]) -> None:
    """All settings are passed on, but the ports: inside they are the defaults."""
    passed = {
        field_of(variable)
        for name in (*PROCESSES, "prometheus")
        for variable in environment_of(services[name])
    }
    ports = {f"{name}_port" for name in (*PROCESSES, *METRICS.values())}
    assert passed == set(FIELDS) - ports


def test_each_secret_goes_to_those_who_need_it(compose: dict[str, Any]) -> None:
    """A secret is a file of its name, and mounted where it is read.

    Alertmanager reads the Slack token too. A secret from the environment would start
    nothing: Compose refuses it to a service with a read-only file system.
    """
    assert compose["secrets"] == {
        name: {"file": f".secrets/{name}"} for name in SECRETS
    }
    for name in OURS:
        service = compose["services"][name]
        files = {
            field_of(variable): path
            for variable, path in environment_of(service).items()
            if field_of(variable) != variable
        }
        granted = service.get("secrets", [])
        assert files == {secret: f"/run/secrets/{secret}" for secret in granted}
    # Alertmanager is told where configure has it.
    shared = compose["services"]["configure"]["secrets"]
    assert compose["services"]["alertmanager"]["secrets"] == shared


def test_make_secrets_writes_what_compose_mounts(tmp_path: Path) -> None:
    """A file a secret, for the containers to read, in a folder for nobody else.

    What .env does not say is empty, which is not set; written again it is as .env.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(PREFIX)
    }
    make = ["make", "-s", "-C", str(tmp_path), "-f", str(ROOT / "Makefile"), "secrets"]
    for token in ("xoxb-1", "xoxb-2"):
        (tmp_path / ".env").write_text(
            f"REPLYCLOCK_SLACK_BOT_TOKEN={token}\nREPLYCLOCK_ID_SECRET='a b'\n"
            "REPLYCLOCK_KAFKA_PASSWORD=\n",
            encoding="utf-8",
        )
        subprocess.run(make, check=True, env=environment)
        files = {file.name: file for file in (tmp_path / ".secrets").iterdir()}
        said = {name: file.read_text().strip() for name, file in files.items()}
        assert said == {
            **dict.fromkeys(SECRETS, ""),
            "slack_bot_token": token,
            "id_secret": "a b",
        }
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o644}
    assert (tmp_path / ".secrets").stat().st_mode & 0o777 == 0o700


def test_processes_listen_where_others_reach_them(
    services: dict[str, Service],
) -> None:
    """On all addresses of the container; from outside on this machine's only.

    Intake's metrics not even there.
    """
    for name in PROCESSES:
        port = FIELDS[f"{name}_port"].default
        assert environment_of(services[name])[f"{name}_host"] == "0.0.0.0"  # noqa: S104  a container's
        assert services[name]["ports"] == [f"127.0.0.1:{port}:{port}"]
    inside = FIELDS["intake_metrics_port"].default
    assert environment_of(services["intake"])["intake_metrics_host"] == "0.0.0.0"  # noqa: S104  a container's
    assert services["intake"]["expose"] == [f"{inside}"]
    for service in services.values():
        for published in service.get("ports", []):
            assert published.startswith("127.0.0.1:")


def test_every_service_is_watched_and_comes_back(services: dict[str, Service]) -> None:
    """A health check and a restart policy each; a process is asked if it is ready.

    But what configures the others: it ends, and they start when it did well.
    """
    assert services["configure"]["restart"] == "no"
    for name, service in services.items():
        if name == "configure":
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"], name
        if name in PROCESSES:
            port = FIELDS[f"{name}_port"].default
            asked = service["healthcheck"]["test"][-1]
            assert f"http://127.0.0.1:{port}/readyz" in asked


def test_no_service_takes_the_machine(services: dict[str, Service]) -> None:
    """Bounded memory and processes; nothing is gained by breaking in.

    Kafka's image writes beside its volume, more than a file system of memory holds.
    """
    for name, service in services.items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert service["pids_limit"] <= 512, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"cap_add", "privileged", "pid", "network_mode"}.isdisjoint(service)
        assert service["read_only"] == (name != "kafka"), name


def test_who_writes_elsewhere_than_into_a_volume_has_memory_for_it(
    services: dict[str, Service],
) -> None:
    """Python, Redis' password and Grafana's plugins are in need of /tmp."""
    for name in (*OURS, "redis", "grafana"):
        assert services[name]["tmpfs"] == ["/tmp"], name  # noqa: S108  a container's


@pytest.mark.parametrize("password", ["aB3-9", ""])
def test_redis_asks_for_its_password(
    services: dict[str, Service], tmp_path: Path, unused_tcp_port: int, password: str
) -> None:
    """Its command and health check as they stand, with a real Redis; empty: none."""
    secret = tmp_path / "password"
    secret.write_text(password, encoding="utf-8")

    def here(command: str) -> str:
        command = command.replace("/tmp/redis.conf", f"{tmp_path}/redis.conf")  # noqa: S108  the container's
        return command.replace("$$", "$").replace(
            "/run/secrets/redis_password", f"{secret}"
        )

    redis = services["redis"]
    assert redis["entrypoint"] == ["sh", "-euc"]
    (command,) = redis["command"]
    command = f"{here(command).rstrip()} --port {unused_tcp_port} --dir {tmp_path}"
    check = here(redis["healthcheck"]["test"][1])
    check = check.replace("redis-cli", f"redis-cli -p {unused_tcp_port}")
    with subprocess.Popen(
        ["/bin/sh", "-euc", command], stdout=subprocess.DEVNULL
    ) as it:
        try:
            deadline = time.monotonic() + 20
            while subprocess.run(["/bin/sh", "-c", check], check=False).returncode:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            url = RedisDsn(f"redis://127.0.0.1:{unused_tcp_port}/0")
            settings = Settings(redis_url=url, redis_password=SecretStr(password))
            assert asyncio.run(_answers(settings))
            if password:
                with pytest.raises(AuthenticationError):
                    asyncio.run(_answers(Settings(redis_url=url)))
        finally:
            it.terminate()


async def _answers(settings: Settings) -> bool:
    async with connect(settings) as redis:
        return bool(await redis.ping())


def test_everything_that_is_waited_for_has_a_health_check(
    services: dict[str, Service],
) -> None:
    """`depends_on` names services, and waits until they are healthy, or are done."""
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            if other == "configure":
                assert how == {"condition": "service_completed_successfully"}
            else:
                assert how == {"condition": "service_healthy"}
                assert "healthcheck" in services[other]


def test_what_configures_others_writes_what_they_read(
    services: dict[str, Service], dockerfile: str
) -> None:
    """Run as in its container, it writes the files that Alertmanager and Grafana read.

    They wait for it, have its volume, and our user may write there.
    """
    _, folder = services["configure"]["command"]
    assert f"monitoring:{folder}" in services["configure"]["volumes"]
    assert f"install -d -o replyclock -g replyclock -m 755 {folder} " in dockerfile
    (settings,) = (
        option.removeprefix("--config.file=")
        for option in services["alertmanager"]["command"]
        if option.startswith("--config.file=")
    )
    grafana = services["grafana"]["environment"]
    read = {
        "alertmanager": settings,
        "grafana": grafana["GF_DATE_FORMATS_DEFAULT_TIMEZONE__FILE"],
    }
    with CliRunner().isolated_filesystem():
        ran = CliRunner().invoke(
            main,
            ["monitoring", "written"],
            env={
                "REPLYCLOCK_CONFIG": str(ROOT / "config" / "sla.yaml"),
                "REPLYCLOCK_SLACK_BOT_TOKEN_FILE": __file__,
            },
        )
        assert ran.exit_code == 0, ran.output
        written = {file.name for file in Path("written").iterdir()}
    for name, path in read.items():
        mount, file = path.rsplit("/", 1)
        assert f"monitoring:{mount}:ro" in services[name]["volumes"]
        assert "configure" in services[name]["depends_on"]
        assert file in written


def test_mounts_exist(compose: dict[str, Any]) -> None:
    """Folders mounted from the repository exist, read-only; volumes are declared."""
    mounts = [
        mount.split(":")
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
    ]
    for source, _, *mode in mounts:
        if source.startswith("./"):
            assert (ROOT / source).is_dir(), source
            assert mode == ["ro"], source
        else:
            assert source in compose["volumes"], source
    assert {source for source, *_ in mounts} >= set(compose["volumes"])


def test_the_spool_outlives_its_container(
    services: dict[str, Service], dockerfile: str
) -> None:
    """Intake alone has the volume, and its user may write there."""
    folder = environment_of(services["intake"])["spool_dir"]
    mount = f"spool:{folder}"
    having = {name for name in services if mount in services[name].get("volumes", [])}
    assert having == {"intake"}
    assert f"install -d -o replyclock -g replyclock -m 700 {folder}\n" in dockerfile


def on_disk(service: Service, path: str) -> Path:
    """The file of the repository that a container sees at `path`."""
    for mount in service["volumes"]:
        source, target, *_ = str(mount).split(":")
        if source.startswith("./") and path.startswith(target + "/"):
            return ROOT / source / path.removeprefix(target + "/")
    raise AssertionError(f"{path} is not mounted")


def test_files_named_by_settings_are_mounted(services: dict[str, Service]) -> None:
    """Rules, Prometheus' settings, the wall, all at their paths."""
    for name in OURS:
        rules = environment_of(services[name])["config"]
        assert on_disk(services[name], rules) == ROOT / "config" / "sla.yaml"
    prometheus = services["prometheus"]
    (option,) = (
        option
        for option in prometheus["command"]
        if option.startswith("--config.file=")
    )
    assert on_disk(prometheus, option.split("=")[1]).is_file()
    grafana = services["grafana"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert on_disk(grafana, home) == WALL
    (provider,) = load("grafana", "provisioning", "dashboards", "replyclock.yaml")[
        "providers"
    ]
    assert WALL.is_relative_to(on_disk(grafana, provider["options"]["path"] + "/"))


def test_processes_find_kafka_and_redis(services: dict[str, Service]) -> None:
    """They are given the addresses that Kafka announces and Redis has."""
    kafka = services["kafka"]["environment"]
    for name in PROCESSES:
        broker = environment_of(services[name])["broker"]
        assert f"INSIDE://{broker}" in kafka["KAFKA_ADVERTISED_LISTENERS"].split(",")
    host = FIELDS["broker"].default
    assert f"HOST://{host}" in kafka["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert services["kafka"]["ports"] == [f"{host}:9094"]
    assert "HOST://:9094" in kafka["KAFKA_LISTENERS"].split(",")
    assert environment_of(services["alerts"])["redis_url"] == "redis://redis:6379/0"


# -- Prometheus and Grafana among the services


def test_prometheus_scrapes_the_services() -> None:
    """A job a process, at the service's name and the default port of its metrics."""
    settings = load("grafana", "prometheus", "prometheus.yml")
    targets = {
        job["job_name"]: job["static_configs"] for job in settings["scrape_configs"]
    }
    assert targets == {
        name: [{"targets": [f"{name}:{FIELDS[f'{metrics}_port'].default}"]}]
        for name, metrics in METRICS.items()
    }
    (alerting,) = settings["alerting"]["alertmanagers"]
    assert alerting["static_configs"] == [{"targets": ["alertmanager:9093"]}]


def test_grafana_asks_the_services() -> None:
    """The data sources are Prometheus and Alertmanager, at their names and ports."""
    sources = load("grafana", "provisioning", "datasources", "prometheus.yaml")
    assert {source["uid"]: source["url"] for source in sources["datasources"]} == {
        "prometheus": "http://prometheus:9090",
        "alertmanager": "http://alertmanager:9093",
    }


def test_grafana_knows_the_scrape_interval() -> None:
    """`$__rate_interval` is right only if it is told how often Prometheus scrapes."""
    sources = load("grafana", "provisioning", "datasources", "prometheus.yaml")
    every = load("grafana", "prometheus", "prometheus.yml")["global"]["scrape_interval"]
    assert sources["datasources"][0]["jsonData"]["timeInterval"] == every


def test_an_alert_can_be_clicked(services: dict[str, Service]) -> None:
    """Its runbook begins where .env says; that is no label of what is told."""
    settings = load("grafana", "prometheus", "prometheus.yml")
    (variable,) = services["prometheus"]["environment"]
    assert settings["global"]["external_labels"] == {"runbook": f"${{{variable}}}"}
    assert settings["alerting"]["alert_relabel_configs"] == [
        {"action": "labeldrop", "regex": "runbook"}
    ]


CLEAN = "?kiosk&_dash.hideTimePicker=true&_dash.hideVariables=true&refresh=10s"
"""How Grafana 13 shows a dashboard and nothing beside it, with what it still knows."""


def test_the_wall_is_opened_as_grafana_keeps_it_clean() -> None:
    """Wherever people read an address of it, and no option of it is ignored."""
    uid = json.loads(WALL.read_text(encoding="utf-8"))["uid"]
    pages = [ROOT / "README.md", ROOT / "docker-compose.yml"]
    pages += [
        file for top in ("docs", "dev", "config") for file in files_of(ROOT / top)
    ]
    said = {
        (file.relative_to(ROOT).as_posix(), options)
        for file in pages
        for options in re.findall(
            rf"/d/{uid}([^\s>\"'`)|]*)", file.read_text(encoding="utf-8")
        )
    }
    assert {("README.md", CLEAN), ("docker-compose.yml", CLEAN)} <= said
    assert {options.split("&var-")[0] for _, options in said} == {CLEAN}


def files_of(folder: Path) -> list[Path]:
    """What people read: text and code, nothing that was installed."""
    kinds = {".md", ".py", ".yml", ".yaml"}
    found = [file for file in folder.rglob("*") if file.suffix in kinds]
    return [file for file in found if "node_modules" not in file.parts]


# -- config/env.example

LINE = re.compile(rf"^(#?){PREFIX}(\w+)=(.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def example() -> list[tuple[str, str, str]]:
    """Each variable of env.example: `#` or nothing, field, value."""
    text = (ROOT / "config" / "env.example").read_text(encoding="utf-8")
    found = [(mark, name.lower(), value) for mark, name, value in LINE.findall(text)]
    # Sinks have names of their own (docs/sinks.md): an example of one is shown.
    return [each for each in found if not each[1].startswith("sink_")]


def test_example_lists_every_setting_once(example: list[tuple[str, str, str]]) -> None:
    """All variables that Settings reads, and none else."""
    assert sorted(name for _, name, _ in example) == sorted(FIELDS)


def test_example_shows_the_defaults(example: list[tuple[str, str, str]]) -> None:
    """A line with # says the default; the others are secrets, and empty."""
    for mark, name, value in example:
        if mark:
            assert value == shown(name), name
        else:
            assert name in SECRETS, name
            assert value == ""


def test_compose_asks_only_for_variables_of_the_example(
    example: list[tuple[str, str, str]],
) -> None:
    """Whatever docker-compose.yml takes from .env is explained there."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text))
    assert asked
    assert asked <= {PREFIX + name.upper() for _, name, _ in example}


def test_compose_has_the_defaults_of_the_code() -> None:
    """`${NAME:-value}` repeats the default; logs alone are JSON in containers."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name, value in re.findall(rf"\$\{{{PREFIX}(\w+):-(.*?)\}}", text):
        default = shown(name.lower())
        assert value == ("json" if name == "LOG_FORMAT" else default), name


# -- Dockerfile


def test_image_is_built_from_pinned_things(dockerfile: str) -> None:
    """An exact Python for both stages, and packages by hash, as wheels."""
    stages = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert len(set(stages)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", stages[0])
    for line in re.findall(r"pip install.*-r .*", dockerfile):
        assert "--require-hashes" in line
        assert "--only-binary=:all:" in line


def test_image_runs_as_nobody_special(dockerfile: str) -> None:
    """The last user is ours, not root, and the entry point is the command."""
    users = re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE)
    assert users[-1:] == ["replyclock"]
    assert 'ENTRYPOINT ["replyclock"]' in dockerfile


def test_image_gets_what_it_copies(dockerfile: str) -> None:
    """Every source of a COPY is in the repository and let through .dockerignore."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source


def test_image_exposes_the_ports_of_the_code(dockerfile: str) -> None:
    """EXPOSE names each process's default port."""
    exposed = re.search(r"^EXPOSE (.+)$", dockerfile, re.MULTILINE)
    assert exposed
    names = {*PROCESSES, *METRICS.values()}
    ports = {str(FIELDS[f"{name}_port"].default) for name in names}
    assert set(exposed[1].split()) == ports
