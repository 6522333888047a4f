"""There is no cluster where the tests run: what Helm makes is held against the code."""

from pathlib import Path

import pytest

from alerts.app import LAST_STEP_SECONDS
from alerts.inbox.door import PATH as SLACK_PATH
from dev.places import REPOSITORY
from stream.engine.worker import _STOP_WITHIN_S
from stream.intake.openapi import PATH as DESCRIPTION_PATH
from stream.intake.posts import PATH as EVENTS_PATH
from stream.intake.process import _SHUTDOWN_SECONDS
from stream.process.settings import PREFIX, read_settings
from tests.deploy.environment import (
    FIELDS,
    PROCESSES,
    compose_secrets,
    load,
    unknown,
)
from tests.deploy.made import Made

SPOOL = "/var/lib/replyclock/spool"


# -- What a container is given


@pytest.mark.parametrize("process", PROCESSES)
def test_a_container_has_settings_that_exist(made: Made, process: str) -> None:
    """None that no process reads; a sink's have names that people give."""
    given = made.environment(process)
    sinks = {name for name in given if name.startswith(f"{PREFIX}SINK_")}
    assert unknown(list(given)) == sorted(sinks)
    assert not sinks or process == "alerts"


@pytest.mark.parametrize("process", PROCESSES)
def test_a_container_has_settings_that_can_be_read(
    made: Made, process: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Numbers, addresses and durations arrive as the values file says them."""
    told = made.values["settings"]
    for name, value in made.environment(process).items():
        if value.startswith("/run/secrets/kafka/"):
            continue  # they must be certificates: tests/broker has some
        monkeypatch.setenv(name, value)
        if value.startswith("/run/secrets/"):
            secret = tmp_path / name
            has_one = name.endswith("KAFKA_PASSWORD_FILE") and "kafka_username" in told
            secret.write_text("s3cr3t" if has_one else "", "utf-8")
            monkeypatch.setenv(name, f"{secret}")
    settings = read_settings()
    for name, value in told.items():
        assert str(getattr(settings, name)) == str(value), name


@pytest.mark.parametrize("process", PROCESSES)
def test_each_file_that_is_named_is_mounted(made: Made, process: str) -> None:
    """Rules as a folder, secrets and certificates by their keys, the spool's disk.

    A pod whose Secret lacks a key that is mounted would not start.
    """
    mounted = dict(made.mounts(process))
    rules = {"name": made.values.get("slaConfigMap", "rc-rules")}
    assert mounted["/etc/replyclock"]["configMap"] == rules
    has = {"/etc/replyclock/sla.yaml"} | ({SPOOL} & set(mounted))
    keys = made.values.get("secrets", {}).get("keys")
    for path, what in mounted.items():
        # Read by root and by the pod's group, which is ours.
        assert what.get("secret", {}).get("defaultMode", 0o440) == 0o440
        for item in what.get("secret", {}).get("items", []):
            assert keys is None or item["key"] in keys
            has.add(f"{path}/{item['path']}")
    if "/run/secrets/kafka" in mounted:
        tls = {"ca": "ca.crt", **made.values["kafkaTls"]}
        has |= {f"/run/secrets/kafka/{tls[name]}" for name in ("ca", "cert", "key")}
    named = made.environment(process).values()
    assert {value for value in named if value.startswith("/")} == has


@pytest.mark.parametrize("process", PROCESSES)
def test_each_secret_goes_to_those_who_need_it(everything: Made, process: str) -> None:
    """The same as with Compose; a sink's to alerts."""
    sinks = ["sink_desk", "sink_desk_secret"] if process == "alerts" else []
    mounted = [
        item["key"]
        for _, what in everything.mounts(process)
        for item in what.get("secret", {}).get("items", [])
    ]
    assert sorted(mounted) == sorted([*compose_secrets(process), *sinks])


@pytest.mark.parametrize("process", PROCESSES)
def test_nothing_is_gained_by_breaking_in(made: Made, process: str) -> None:
    """As the image's user, no rights, nothing to write but memory and the spool."""
    pod, container = made.pod(process), made.container(process)
    image = (REPOSITORY / "Dockerfile").read_text("utf-8")
    user, group = (pod["securityContext"][f"runAs{who}"] for who in ("User", "Group"))
    assert f"--uid {user} --gid replyclock" in image
    assert f"--gid {group} replyclock" in image
    assert pod["securityContext"]["fsGroup"] == group
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in container["resources"]["limits"]
    for mount in container["volumeMounts"]:
        writes = mount["mountPath"] in {"/tmp", SPOOL}  # noqa: S108  a container's
        assert mount.get("readOnly", False) != writes


def test_kubernetes_adds_no_variables_of_its_own(made: Made) -> None:
    """A Service named …-intake would be a REPLYCLOCK_INTAKE_PORT that is no port."""
    assert [made.pod(each)["enableServiceLinks"] for each in PROCESSES] == [False] * 3


# -- Ports and probes


@pytest.mark.parametrize("process", PROCESSES)
def test_a_pod_is_asked_where_it_answers(made: Made, process: str) -> None:
    """Ports are the code's; it listens to all; aliveness not at the public door."""
    container = made.container(process)
    metrics = "intake_metrics" if process == "intake" else process
    ports = {"metrics": FIELDS[f"{metrics}_port"].default}
    if process == "intake":
        ports["http"] = FIELDS["intake_port"].default
    named = {each["name"]: each["containerPort"] for each in container["ports"]}
    assert named == ports
    for host in {process, metrics}:
        variable = f"{PREFIX}{host.upper()}_HOST"
        assert made.environment(process)[variable] == "0.0.0.0"  # noqa: S104  a pod's
    asked = {
        probe: container[f"{probe}Probe"]["httpGet"]
        for probe in ("startup", "liveness", "readiness")
    }
    door = "http" if process == "intake" else "metrics"
    assert asked == {
        "startup": {"path": "/healthz", "port": "metrics"},
        "liveness": {"path": "/healthz", "port": "metrics"},
        "readiness": {"path": "/readyz", "port": door},
    }
    service = made.of("Service")[process]["spec"]
    assert {each["targetPort"]: each["port"] for each in service["ports"]} == ports


def test_selectors_find_the_pods_of_one_process(made: Made) -> None:
    """Services, budgets and policies, each of one; no name is used twice."""
    pods = {
        process: it["spec"]["template"]["metadata"]["labels"].items()
        for process, it in made.workloads.items()
    }
    for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy"):
        for name, manifest in made.of(kind).items():
            spec = manifest["spec"]
            selector = spec["podSelector" if kind == "NetworkPolicy" else "selector"]
            wanted = selector.get("matchLabels", selector).items()
            found = [process for process, labels in pods.items() if wanted <= labels]
            assert found == [name], kind
    names = [(each["kind"], each["metadata"]["name"]) for each in made.all]
    assert len(set(names)) == len(names)


def test_the_internet_reaches_the_public_doors_only(everything: Made) -> None:
    """By the paths of the code, each at the process that has it."""
    (ingress,) = everything.of("Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    leads = {
        (path["path"], path["pathType"]): (
            path["backend"]["service"]["name"],
            path["backend"]["service"]["port"]["name"],
        )
        for path in rule["http"]["paths"]
    }
    assert leads == {
        ("/hooks", "Prefix"): ("rc-intake", "http"),
        (EVENTS_PATH, "Exact"): ("rc-intake", "http"),
        (DESCRIPTION_PATH, "Exact"): ("rc-intake", "http"),
        (SLACK_PATH, "Exact"): ("rc-alerts", "metrics"),
    }


def test_who_may_reach_what(everything: Made) -> None:
    """Prometheus the metrics; who brings webhooks and presses no other port."""
    values = everything.values["networkPolicy"]
    reach = {
        name: [
            (rule["ports"][0]["port"], rule["from"])
            for rule in policy["spec"]["ingress"]
        ]
        for name, policy in everything.of("NetworkPolicy").items()
    }
    prometheus, doors = ("metrics", values["prometheus"]), values["doors"]
    assert reach == {
        "intake": [("http", doors), prometheus],
        "worker": [prometheus],
        "alerts": [("metrics", doors), prometheus],  # presses come there
    }


# -- Restarts


def test_an_upgrade_goes_from_one_process_to_the_next(everything: Made) -> None:
    """Each may stay at a version of its own."""
    tags = {it: everything.container(it)["image"].split(":", 1)[1] for it in PROCESSES}
    new = everything.values["image"]["tag"]
    assert tags == {"intake": "1.2.2", "worker": new, "alerts": new}


def test_a_restart_takes_one_pod_at_a_time(made: Made) -> None:
    """There are two of each, and a drain or an update never takes both."""
    for process, it in made.workloads.items():
        spec = it["spec"]
        budget = made.of("PodDisruptionBudget")[process]["spec"]
        assert spec["replicas"] > budget["maxUnavailable"] == 1
        assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        if it["kind"] == "Deployment":
            assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        else:
            # One at a time is a StatefulSet's own way.
            assert "updateStrategy" not in spec
            assert spec["podManagementPolicy"] == "Parallel"


def test_a_process_has_time_to_end(made: Made) -> None:
    """Kubernetes kills nobody who ends in order."""
    for process in PROCESSES:
        before = made.container(process).get("lifecycle", {}).get("preStop")
        waits = int(before["exec"]["command"][1]) if before else 0
        takes = waits + max(_SHUTDOWN_SECONDS, _STOP_WITHIN_S + LAST_STEP_SECONDS)
        assert made.pod(process)["terminationGracePeriodSeconds"] >= takes + 5


def test_a_worker_keeps_its_place(made: Made) -> None:
    """It is the member that it was before its restart, and nobody else is."""
    assert made.workloads["worker"]["kind"] == "StatefulSet"
    environment = made.environment("worker")
    assert environment[f"{PREFIX}MEMBER_ID"] == "rc-worker-0"
    assert environment[f"{PREFIX}SESSION_TIMEOUT"] == "30s"
    for other in ("intake", "alerts"):
        assert f"{PREFIX}MEMBER_ID" not in made.environment(other)


def test_a_pod_is_restarted_for_another_image_or_setting_only(made: Made) -> None:
    """Not for a chart's version, nor for other rules, which are read anew."""
    for process, it in made.workloads.items():
        labels = it["spec"]["selector"]["matchLabels"]
        assert it["spec"]["template"]["metadata"] == {"labels": labels}
        container = {**made.container(process), "image": ""}
        assert "VERSION" not in str([made.pod(process)["volumes"], container])
    rules = made.of("ConfigMap").get("rules", {"data": None})["data"]
    whose = "slaConfigMap" in made.values
    assert rules == (None if whose else {"sla.yaml": "<sla.yaml>"})


def test_what_waits_in_a_spool_outlives_its_pod(everything: Made) -> None:
    """A volume of each pod's own, with room for its log and what is set aside."""
    assert everything.workloads["intake"]["kind"] == "StatefulSet"
    claim = dict(everything.mounts("intake"))[SPOOL]["spec"]
    assert claim["resources"]["requests"]["storage"] == "5Gi"
    assert claim["storageClassName"] == "fast"
    defaults = load("config", "helm", "replyclock", "values.yaml")
    size = defaults["intake"]["spool"]["size"].removesuffix("Gi")
    assert int(size) >= 2 * int(defaults["settings"]["spool_max"].removesuffix("GiB"))
