"""The services as Docker Compose reads them, held against the code and each other."""

import re
from typing import Any

import click
import pytest
from pydantic import SecretStr

from stream.cli import main
from stream.process.settings import PREFIX, Settings
from tests.compose.conftest import FILES, ROOT, Read

PROCESSES = ("intake", "worker", "alerts")
OURS = (*PROCESSES, "configure")
"""What runs our image: `configure` once, before those who need its files."""
FIELDS = Settings.model_fields
SECRETS = {
    name for name, field in FIELDS.items() if field.annotation == SecretStr | None
}
ONLY, HA, OWN_KAFKA = (), FILES[1:2], FILES[2:3]
WAYS = pytest.mark.parametrize(
    "over", [ONLY, HA, OWN_KAFKA], ids=["single", *FILES[1:]]
)

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
    assert set(read(*HA)["services"]) == {*plain, "kafka", "kafka-2", "kafka-3"}
    assert set(read(*OWN_KAFKA)["services"]) == plain
    tls = read(*HA, profiles=["tls"])["services"]
    assert set(tls) == {*read(*HA)["services"], "caddy"}


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


@WAYS
def test_who_waits_waits_for_what_is_there(read: Read, over: tuple[str, ...]) -> None:
    """`depends_on` names services of the same project, until healthy or done.

    Our processes wait for every broker that there is.
    """
    services = read(*over, profiles=["tls"])["services"]
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            done = other == "configure"
            state = "service_completed_successfully" if done else "service_healthy"
            assert how == {"condition": state, "required": True}
            assert done or services[other]["healthcheck"]["test"]
    brokers = {name for name in services if name.startswith("kafka")}
    for name in PROCESSES:
        waits = set(services[name].get("depends_on", {}))
        assert {other for other in waits if other.startswith("kafka")} == brokers


@WAYS
def test_processes_find_kafka(read: Read, over: tuple[str, ...]) -> None:
    """They are given the addresses that the brokers announce, or the operator said."""
    services = read(*over)["services"]
    brokers = [s for name, s in services.items() if name.startswith("kafka")]
    announced = {
        re.search(
            r"INSIDE://([^,]+)", each["environment"]["KAFKA_ADVERTISED_LISTENERS"]
        )
        for each in brokers
    }
    inside = {found[1] for found in announced if found}
    for name in PROCESSES:
        given = environment_of(services[name])
        assert set(given["broker"].split(",")) == (inside or {"own.example:9092"})
        assert given["replication"] == str(max(1, len(brokers)))


def test_each_of_three_brokers_is_one_of_a_quorum(read: Read) -> None:
    """Numbers and addresses of their own, one cluster, and two copies of everything."""
    project = read(*HA)
    brokers = {
        name: service
        for name, service in project["services"].items()
        if name.startswith("kafka")
    }
    said = {name: each["environment"] for name, each in brokers.items()}
    voters = ",".join(
        f"{each['KAFKA_NODE_ID']}@{name}:9093" for name, each in said.items()
    )
    assert {each["KAFKA_CONTROLLER_QUORUM_VOTERS"] for each in said.values()} == {
        voters
    }
    assert len({each["CLUSTER_ID"] for each in said.values()}) == 1
    volumes = [v["source"] for each in brokers.values() for v in each["volumes"]]
    assert sorted(volumes) == sorted(brokers)
    for name, each in said.items():
        copies = {k: v for k, v in each.items() if k.endswith("REPLICATION_FACTOR")}
        assert len(copies) == 4
        assert set(copies.values()) == {"3"}
        safe = [
            v for k, v in each.items() if k.endswith(("MIN_ISR", "INSYNC_REPLICAS"))
        ]
        assert safe == ["2"] * 3
        (port,) = brokers[name]["ports"]
        outside = f"HOST://{port['host_ip']}:{port['published']}"
        assert each["KAFKA_ADVERTISED_LISTENERS"] == f"INSIDE://{name}:9092,{outside}"
        assert f"HOST://:{port['target']}" in each["KAFKA_LISTENERS"].split(",")


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
    for service in read(*HA, profiles=["tls"])["services"].values():
        for mount in service.get("volumes", []):
            if mount["type"] == "bind":
                source = mount["source"].removeprefix(f"{read.folder}/")
                assert (ROOT / source).is_dir(), source
                assert mount["read_only"], source
