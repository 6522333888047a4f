"""What no service may do to the machine, and what each needs to come back."""

import re
from typing import Any

import pytest

from tests.compose.conftest import FIELDS, FILES, OURS, PROCESSES, ROOT, Read

KAFKAS = ("kafka", "kafka-2", "kafka-3")

Service = dict[str, Any]


@pytest.fixture
def services(read: Read) -> dict[str, Service]:
    """All that there can be."""
    found: dict[str, Service] = read(FILES[1], profiles=["tls"])["services"]
    return found


def test_every_service_is_watched_and_comes_back(services: dict[str, Service]) -> None:
    """A health check and a restart policy each; a process is asked if it is ready.

    But what configures the others: it ends, and they start when it did well.
    """
    assert services.pop("configure")["restart"] == "no"
    for name, service in services.items():
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"], name
        if name in PROCESSES:
            port = FIELDS[f"{name}_port"].default
            asked = service["healthcheck"]["test"][-1]
            assert f"http://127.0.0.1:{port}/readyz" in asked


def test_no_service_takes_the_machine(services: dict[str, Service]) -> None:
    """Bounded memory, processors and processes; nothing is gained by breaking in.

    Kafka's image writes beside its volume, more than a file system of memory holds.
    Caddy may use the two ports of the web, which are root's.
    """
    for name, service in services.items():
        assert 64 << 20 <= int(service["mem_limit"]) <= 2 << 30, name
        assert service["cpus"] == 1, name
        assert service["pids_limit"] <= 512, name
        assert service["cap_drop"] == ["ALL"], name
        wanted = ["NET_BIND_SERVICE"] if name == "caddy" else None
        assert service.get("cap_add") == wanted, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"privileged", "pid", "network_mode", "userns_mode"}.isdisjoint(service)
        assert service.get("read_only", False) == (name not in KAFKAS), name


def test_who_writes_elsewhere_than_into_a_volume_has_memory_for_it(
    services: dict[str, Service],
) -> None:
    """Python, Redis' password and Grafana's plugins are in need of /tmp."""
    for name in (*OURS, "redis", "grafana"):
        assert services[name]["tmpfs"] == ["/tmp"], name  # noqa: S108  a container's


def test_the_spool_outlives_its_container(services: dict[str, Service]) -> None:
    """Intake alone has the volume, and its user may write there."""
    folder = services["intake"]["environment"]["REPLYCLOCK_SPOOL_DIR"]
    having = {
        name
        for name, service in services.items()
        for mount in service.get("volumes", [])
        if (mount["source"], mount["target"]) == ("spool", folder)
    }
    assert having == {"intake"}
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(
        rf"install -d -o replyclock -g replyclock -m 700 {folder}$",
        dockerfile,
        re.MULTILINE,
    )
