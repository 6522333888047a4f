"""The services as Docker Compose reads them, held against the code and each other."""

from typing import Any

import click
import pytest

from stream.cli import main
from stream.process.settings import PREFIX
from tests.compose.conftest import FIELDS, FILES, OURS, PROCESSES, ROOT, SECRETS, Read

HA, OWN_KAFKA = FILES[1:]

Service = dict[str, Any]


def environment_of(service: Service) -> dict[str, str]:
    """The settings that a service is given, by their field's name or `name_file`."""
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in service["environment"].items()
        if name.startswith(PREFIX)
    }


def field_of(variable: str) -> str:
    """Of a secret, the file that holds it; some settings are files themselves."""
    return variable if variable in FIELDS else variable.removesuffix("_file")


@pytest.fixture
def services(read: Read) -> dict[str, Service]:
    """All of docker-compose.yml, with Caddy."""
    found: dict[str, Service] = read(profiles=["tls"])["services"]
    return found


def test_whole_system_is_there(read: Read) -> None:
    """One broker; three or none with a file over the first; Caddy if asked for."""
    plain = {*OURS, "redis", "prometheus", "alertmanager", "grafana"}
    assert set(read()["services"]) == {*plain, "kafka"}
    assert set(read(HA)["services"]) == {*plain, "kafka", "kafka-2", "kafka-3"}
    assert set(read(OWN_KAFKA)["services"]) == plain
    tls = read(HA, profiles=["tls"])["services"]
    assert set(tls) == {*read(HA)["services"], "caddy"}


def test_processes_run_commands_that_exist(services: dict[str, Service]) -> None:
    """Each process is a command of `replyclock`, and so is what configures others."""
    commands = {name: services[name]["command"] for name in OURS}
    assert [commands[name] for name in PROCESSES] == [[name] for name in PROCESSES]
    for command, *_ in commands.values():
        assert main.get_command(click.Context(main), command) is not None


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
    ports = {f"{name}_port" for name in (*PROCESSES, "intake_metrics")}
    assert passed == set(FIELDS) - ports


def test_each_secret_goes_to_those_who_need_it(read: Read) -> None:
    """A secret is a file of its name, and mounted where it is read, and nowhere else.

    Alertmanager reads the Slack token too. A secret from the environment would start
    nothing: Compose refuses it to a service with a read-only file system.
    """
    project = read(profiles=["tls"])
    services = project["services"]
    said = {
        name: file["file"].rpartition("/.secrets/")[2]
        for name, file in project["secrets"].items()
    }
    assert said == {name: name for name in SECRETS}
    granted = {
        name: {each["target"] for each in service.get("secrets", [])}
        for name, service in services.items()
    }
    for name in OURS:
        files = {
            path
            for variable, path in environment_of(services[name]).items()
            if field_of(variable) != variable
        }
        assert files == granted.pop(name)
    assert granted.pop("alertmanager") == {"/run/secrets/slack_bot_token"}
    assert granted.pop("redis") == {"/run/secrets/redis_password"}
    assert not any(granted.values())


def test_several_workers_run_side_by_side(read: Read) -> None:
    """As many as .env says; nothing of one is another's, so no port is a fixed one."""
    (port,) = read()["services"]["worker"]["ports"]
    assert (port["host_ip"], port["target"]) == (
        "127.0.0.1",
        FIELDS["worker_port"].default,
    )
    assert "published" not in port
    assert read()["services"]["worker"]["scale"] == 1
    assert read()["services"]["worker"]["environment"]["REPLYCLOCK_MEMBER_ID"] == ""
    assert "container_name" not in read()["services"]["worker"]


def test_processes_listen_where_others_reach_them(services: dict[str, Service]) -> None:
    """On all addresses of the container; from outside on this machine's only.

    Intake's metrics not even there. Only Caddy is for others.
    """
    for name in PROCESSES:
        assert environment_of(services[name])[f"{name}_host"] == "0.0.0.0"  # noqa: S104  a container's
        assert services[name]["ports"][0]["target"] == FIELDS[f"{name}_port"].default
    inside = FIELDS["intake_metrics_port"].default
    assert environment_of(services["intake"])["intake_metrics_host"] == "0.0.0.0"  # noqa: S104  a container's
    assert services["intake"]["expose"] == [f"{inside}"]
    assert {p["published"] for p in services["caddy"].pop("ports")} == {"80", "443"}
    for service in services.values():
        for published in service.get("ports", []):
            assert published["host_ip"] == "127.0.0.1"


def test_mounts_exist(read: Read) -> None:
    """Folders mounted from the repository exist, and are read-only."""
    for service in read(HA, profiles=["tls"])["services"].values():
        for mount in service.get("volumes", []):
            if mount["type"] == "bind":
                source = mount["source"].removeprefix(f"{read.folder}/")
                assert (ROOT / source).is_dir(), source
                assert mount["read_only"], source
