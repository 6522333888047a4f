"""One broker, three, or the operator's own: who waits for whom, who finds whom."""

import re

import pytest

from tests.compose.conftest import FILES, PROCESSES, Read

HA = FILES[1]
WAYS = pytest.mark.parametrize("over", [(), *((file,) for file in FILES[1:])], ids=str)


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
        given = services[name]["environment"]
        addresses = set(given["REPLYCLOCK_BROKER"].split(","))
        assert addresses == (inside or {"own.example:9092"})
        assert given["REPLYCLOCK_REPLICATION"] == f"{max(1, len(brokers))}"


def test_each_of_three_brokers_is_one_of_a_quorum(read: Read) -> None:
    """Numbers and addresses of their own, one cluster, and two copies of everything."""
    project = read(HA)
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
