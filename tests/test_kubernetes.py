"""There is no cluster where the tests run: what Helm makes is held against the code."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import SecretStr
from ruamel.yaml import YAML

from alerts.app import LAST_STEP_SECONDS
from alerts.inbox.door import PATH as SLACK_PATH
from dev import chart
from dev.places import REPOSITORY
from dev.reference.chart_values import CHART, plain_settings
from stream.engine.worker import _STOP_WITHIN_S
from stream.intake.posts import PATH as EVENTS_PATH
from stream.intake.process import _SHUTDOWN_SECONDS
from stream.process.settings import PREFIX, Settings, read_settings

PROCESSES = ("intake", "worker", "alerts")
FIELDS = Settings.model_fields
SECRETS = {
    name for name, field in FIELDS.items() if field.annotation == SecretStr | None
}
SCHEMAS = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in (chart.CASES / "schemas").iterdir()
}
LARGEST = 1 << 20
"""Bytes of a ConfigMap, as Kubernetes takes it."""

Manifest = dict[str, Any]


def load(*path: str) -> Any:
    return YAML(typ="safe").load(REPOSITORY.joinpath(*path))


class Made:
    """What Helm makes of one values file."""

    def __init__(self, case: Path) -> None:
        self.values = YAML(typ="safe").load(case)
        self.all: list[Manifest] = list(YAML(typ="safe").load_all(chart.kept(case)))

    def of(self, kind: str) -> dict[str, Manifest]:
        """By name."""
        found = [each for each in self.all if each["kind"] == kind]
        return {each["metadata"]["name"]: each for each in found}

    @property
    def workloads(self) -> dict[str, Manifest]:
        """By process."""
        both = {**self.of("StatefulSet"), **self.of("Deployment")}
        return {name.removeprefix(f"{chart.RELEASE}-"): it for name, it in both.items()}

    def pod(self, process: str) -> Manifest:
        pod: Manifest = self.workloads[process]["spec"]["template"]["spec"]
        return pod

    def container(self, process: str) -> Manifest:
        (container,) = self.pod(process)["containers"]
        assert isinstance(container, dict)
        return container

    def environment(self, process: str) -> dict[str, str]:
        """As the container has it; the pod is the first one."""
        said = self.container(process)["env"]
        assert len({each["name"] for each in said}) == len(said)
        of_pod = {"fieldRef": {"fieldPath": "metadata.name"}}
        assert all(each.get("valueFrom", of_pod) == of_pod for each in said)
        pod = f"{chart.RELEASE}-{process}-0"
        return {each["name"]: each.get("value", pod) for each in said}

    def mounts(self, process: str) -> Iterator[tuple[str, Manifest]]:
        """Where what is mounted."""
        volumes = {each["name"]: each for each in self.pod(process)["volumes"]}
        spec = self.workloads[process]["spec"]
        for claim in spec.get("volumeClaimTemplates", []):
            volumes[claim["metadata"]["name"]] = claim
        for mount in self.container(process)["volumeMounts"]:
            assert "subPath" not in mount, "a file is not changed in place"
            yield mount["mountPath"], volumes.pop(mount["name"])
        assert not volumes, "what is mounted nowhere"


@pytest.fixture(scope="module", params=chart.cases(), ids=lambda case: case.stem)
def made(request: pytest.FixtureRequest) -> Made:
    return Made(request.param)


@pytest.fixture(scope="module")
def everything() -> Made:
    return Made(chart.CASES / "everything.values.yaml")


# -- What is kept is what Helm makes


@pytest.mark.parametrize("case", chart.cases(), ids=lambda case: case.stem)
def test_what_is_kept_is_of_this_chart(case: Path) -> None:
    """A template, a default or a values file that changed must be rendered anew."""
    head = chart.kept(case).read_text("utf-8").splitlines()[0]
    assert head.split()[-1] == chart.digest(case), "run python -m dev.chart"


@pytest.mark.parametrize("case", chart.cases(), ids=lambda case: case.stem)
def test_helm_makes_what_is_kept(case: Path) -> None:
    """Where Helm is; from nothing it takes three minutes to build."""
    helm = shutil.which("helm")
    if helm is None:
        pytest.skip(f"no helm here: go install {chart.HELM}")
    assert chart.render(helm, case) == chart.kept(case).read_text("utf-8")


@pytest.mark.parametrize("version", ["1.29", "1.37"])
def test_kubernetes_takes_every_manifest(made: Made, version: str) -> None:
    """Its own schemas, strictly: no key that it does not know; so the operator's."""
    known = [SCHEMAS[f"kubernetes-{version}"], SCHEMAS["prometheus-operator"]]
    for manifest in made.all:
        kind = f"{manifest['apiVersion']} {manifest['kind']}"
        (schema,) = (each for each in known if kind in each["kinds"])
        root = {**schema, "$ref": f"#/definitions/{schema['kinds'][kind]}"}
        whole = {"spec": {"groups": chart.rule_groups("docs/runbook.md")}}
        short = manifest["kind"] == "PrometheusRule"
        jsonschema.Draft7Validator(root).validate(
            {**manifest, **whole} if short else manifest
        )


def test_the_chart_has_the_version_of_the_project() -> None:
    """Chart and image are released together."""
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    about = load("config", "helm", "replyclock", "Chart.yaml")
    assert f'\nversion = "{about["version"]}"\n' in project
    assert about["appVersion"] == about["version"]


# -- Values


def schema() -> Any:
    return json.loads((CHART / "values.schema.json").read_text("utf-8"))


def test_values_are_those_of_the_schema(made: Made) -> None:
    """Helm takes the defaults, once it is told where Kafka and Redis are."""
    defaults = load("config", "helm", "replyclock", "values.yaml")
    validator = jsonschema.Draft7Validator(schema())
    validator.validate(made.values)
    faults = [list(fault.path) for fault in validator.iter_errors(defaults)]
    assert sorted(faults) == [["settings", "broker"], ["settings", "redis_url"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"worker": {"replica": 2}},
        {"settings": {"slak_api_url": "x"}},
        {"settings": {"partitions": "four"}},
        {"settings": {"log_level": "loud"}},
        {"settings": {"worker_port": 9101}},
        {"settings": {"id_secret": "plain"}},
    ],
)
def test_a_value_that_is_none_is_refused(wrong: Manifest) -> None:
    """Misspelt, of another type, the chart's own, or a secret."""
    settings = {"broker": "k:1", "redis_url": "redis://r", **wrong.get("settings", {})}
    validator = jsonschema.Draft7Validator(schema())
    assert not validator.is_valid({**wrong, "settings": settings})


def test_the_chart_gives_what_is_no_value(everything: Made) -> None:
    """Every setting is a value, a secret, or given by the chart; ports are defaults."""
    given = {
        field_of(name) for it in PROCESSES for name in everything.environment(it)
    } | set(plain_settings())
    missing = {name for name in set(FIELDS) - given if not name.endswith("_port")}
    assert missing == {"runbook"}  # of Prometheus


# -- Containers


def field_of(variable: str) -> str:
    """Of a secret, the file that holds it; some settings are files themselves."""
    name = variable.removeprefix(PREFIX).lower()
    return name if name in FIELDS else name.removesuffix("_file")


@pytest.mark.parametrize("process", PROCESSES)
def test_a_container_has_settings_that_exist(
    made: Made, process: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever it is given is known, and can be read; a file only for a secret."""
    for name, value in made.environment(process).items():
        field = field_of(name)
        if not field.startswith("sink_"):
            assert name.startswith(PREFIX)
            assert field in FIELDS, name
            assert (field in SECRETS) == (name != PREFIX + field.upper()), name
        monkeypatch.setenv(name, value)
        if value.startswith("/run/secrets/"):
            path = tmp_path / value.replace("/", "_")
            path.write_text("", "utf-8")
            monkeypatch.setenv(name, str(path))
    for what in ("CA", "CERT", "KEY"):
        monkeypatch.delenv(f"{PREFIX}KAFKA_{what}_FILE", raising=False)
    if f"{PREFIX}KAFKA_USERNAME" in made.environment(process):
        monkeypatch.delenv(f"{PREFIX}KAFKA_PASSWORD_FILE")
        monkeypatch.setenv(f"{PREFIX}KAFKA_PASSWORD", "x")
    settings = read_settings()
    assert settings.broker == made.values["settings"]["broker"]
    assert str(settings.redis_url).startswith(made.values["settings"]["redis_url"])


@pytest.mark.parametrize("process", PROCESSES)
def test_each_file_that_is_named_is_mounted(made: Made, process: str) -> None:
    """Rules as a folder, secrets and certificates by their keys, the spool's disk.

    A Secret that lacks a key which is mounted would start nothing.
    """
    mounted = dict(made.mounts(process))
    has = {"/etc/replyclock/sla.yaml", "/var/lib/replyclock/spool"} & {
        f"{path}/sla.yaml" if "configMap" in what else path
        for path, what in mounted.items()
    }
    for path, what in mounted.items():
        for item in what.get("secret", {}).get("items", []):
            assert item["key"] in made.values["secrets"]["keys"]
            has.add(f"{path}/{item['path']}")
    if "/run/secrets/kafka" in mounted:
        keys = {"ca": "ca.crt", **made.values["kafkaTls"]}
        has |= {f"/run/secrets/kafka/{keys[name]}" for name in ("ca", "cert", "key")}
    environment = made.environment(process)
    named = {value for value in environment.values() if value.startswith("/")}
    assert named == has
    assert environment[f"{PREFIX}CONFIG"] in has


@pytest.mark.parametrize("process", PROCESSES)
def test_each_secret_goes_to_those_who_need_it(everything: Made, process: str) -> None:
    """The same as with Compose; a sink's to alerts."""
    compose = load("docker-compose.yml")["services"][process]["secrets"]
    sinks = ["sink_desk", "sink_desk_secret"] if process == "alerts" else []
    mounted = [
        item["key"]
        for path, what in everything.mounts(process)
        for item in what.get("secret", {}).get("items", [])
    ]
    assert sorted(mounted) == sorted([*compose, *sinks])


def test_the_default_secret_is_what_make_secrets_writes() -> None:
    """`kubectl create secret generic … --from-file=.secrets` has all keys."""
    keys = load("config", "helm", "replyclock", "values.yaml")["secrets"]["keys"]
    assert sorted(keys) == sorted(SECRETS)


@pytest.mark.parametrize("process", PROCESSES)
def test_nothing_is_gained_by_breaking_in(made: Made, process: str) -> None:
    """As the image's user, no rights, nothing to write but memory and the spool."""
    pod, container = made.pod(process), made.container(process)
    image = (REPOSITORY / "Dockerfile").read_text("utf-8")
    user = pod["securityContext"]["runAsUser"]
    assert f"--uid {user} --gid replyclock" in image
    assert f"--gid {pod['securityContext']['runAsGroup']} replyclock" in image
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]
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
        writes = mount["mountPath"] in {"/tmp", "/var/lib/replyclock/spool"}  # noqa: S108  a container's
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
    service = made.of("Service")[f"{chart.RELEASE}-{process}"]["spec"]
    assert {each["targetPort"]: each["port"] for each in service["ports"]} == ports


def test_selectors_find_the_pods_of_one_process(made: Made) -> None:
    """Services, budgets and policies, each of one; all names are used once."""
    for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy"):
        for name, manifest in made.of(kind).items():
            spec = manifest["spec"]
            selector = spec["podSelector" if kind == "NetworkPolicy" else "selector"]
            wanted = selector.get("matchLabels", selector)
            assert [name.removeprefix(f"{chart.RELEASE}-")] == [
                process
                for process, it in made.workloads.items()
                if wanted.items()
                <= it["spec"]["template"]["metadata"]["labels"].items()
            ]
    for it in made.workloads.values():
        wanted = it["spec"]["selector"]["matchLabels"]
        # What changes with a version cannot be changed in a selector.
        assert not any("VERSION" in value for value in wanted.values())
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
        ("/hooks", "Prefix"): (f"{chart.RELEASE}-intake", "http"),
        (EVENTS_PATH, "Exact"): (f"{chart.RELEASE}-intake", "http"),
        (SLACK_PATH, "Exact"): (f"{chart.RELEASE}-alerts", "metrics"),
    }


def test_who_may_reach_what(everything: Made) -> None:
    """Prometheus the metrics; who brings webhooks and presses no other port."""
    values = everything.values["networkPolicy"]
    reach = {
        name.removeprefix(f"{chart.RELEASE}-"): [
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
        budget = made.of("PodDisruptionBudget")[f"{chart.RELEASE}-{process}"]["spec"]
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
    """It is the same member as before its restart, in longer than a restart takes."""
    worker = made.workloads["worker"]
    assert worker["kind"] == "StatefulSet"
    environment = made.environment("worker")
    assert environment[f"{PREFIX}MEMBER_ID"] == "rc-worker-0"
    assert environment[f"{PREFIX}SESSION_TIMEOUT"] == "30s"
    for other in ("intake", "alerts"):
        assert f"{PREFIX}MEMBER_ID" not in made.environment(other)


def test_a_pod_is_restarted_for_another_image_or_setting_only(made: Made) -> None:
    """Not for a chart's version, nor for other rules, which are read anew."""
    for process, it in made.workloads.items():
        assert it["spec"]["template"]["metadata"] == {
            "labels": it["spec"]["selector"]["matchLabels"]
        }
        pod = made.pod(process)
        pod["containers"] = [{**made.container(process), "image": ""}]
        assert "VERSION" not in str(pod)
    assert made.of("ConfigMap")[f"{chart.RELEASE}-rules"]["data"] == {
        "sla.yaml": "<sla.yaml>"
    }


def test_what_waits_in_a_spool_outlives_its_pod(everything: Made) -> None:
    """A volume of each pod's own, with room for its log and what is set aside."""
    assert everything.workloads["intake"]["kind"] == "StatefulSet"
    spool = dict(everything.mounts("intake"))["/var/lib/replyclock/spool"]
    asked = spool["spec"]["resources"]["requests"]["storage"]
    assert spool["spec"]["storageClassName"] == "fast"
    assert asked == "5Gi"
    defaults = load("config", "helm", "replyclock", "values.yaml")
    size = defaults["intake"]["spool"]["size"].removesuffix("Gi")
    most = defaults["settings"]["spool_max"].removesuffix("GiB")
    assert int(size) >= 2 * int(most)


# -- Monitoring


def test_prometheus_scrapes_as_the_rules_expect(everything: Made) -> None:
    """The same jobs, as often as without Kubernetes."""
    (monitor,) = everything.of("ServiceMonitor").values()
    (endpoint,) = monitor["spec"]["endpoints"]
    scraped = [
        service["metadata"]["labels"][monitor["spec"]["jobLabel"]]
        for service in everything.of("Service").values()
        if monitor["spec"]["selector"]["matchLabels"].items()
        <= service["metadata"]["labels"].items()
        and endpoint["port"] in [port["name"] for port in service["spec"]["ports"]]
    ]
    settings = load("grafana", "prometheus", "prometheus.yml")
    assert sorted(scraped) == sorted(
        job["job_name"] for job in settings["scrape_configs"]
    )
    assert endpoint["interval"] == settings["global"]["scrape_interval"]
    assert endpoint["scrapeTimeout"] == settings["global"]["scrape_timeout"]


def test_rules_and_dashboards_are_those_of_the_project(everything: Made) -> None:
    """Not a copy of them: the chart links to the files; a ConfigMap takes each."""
    (rules,) = everything.of("PrometheusRule").values()
    assert rules["spec"]["groups"] == ["<rules>"]
    shown = {
        name: text
        for config in everything.of("ConfigMap").values()
        if config["metadata"]["labels"].get("grafana_dashboard") == "1"
        for name, text in config["data"].items()
    }
    files = REPOSITORY / "grafana" / "dashboards" / "ReplyClock"
    assert shown == {file.name: f"<{file.name}>" for file in files.iterdir()}
    assert (CHART / "dashboards").resolve() == files
    assert (CHART / "rules").resolve() == chart.RULES
    for file in chart.whole_files():
        assert file.stat().st_size < LARGEST * 0.9, file
