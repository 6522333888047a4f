"""The chart as a whole: what Helm makes of it, what it asks for, what it links to."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from dev import chart
from dev.places import REPOSITORY
from dev.reference.chart_values import CHART, plain_settings
from tests.deploy.environment import FIELDS, PROCESSES, SECRETS, field_of, load
from tests.deploy.made import Made, Manifest
from tests.pages import blocks

SCHEMAS = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in (chart.CASES / "schemas").iterdir()
}
LARGEST = 1 << 20
"""Bytes of a ConfigMap, as Kubernetes takes it."""


def named(case: Path) -> str:
    return case.name.split(".")[0]


@pytest.mark.parametrize("case", chart.cases(), ids=named)
def test_what_is_kept_is_of_this_chart(case: Path) -> None:
    """A template, a default or a values file that changed must be rendered anew."""
    head = chart.kept(case).read_text("utf-8").splitlines()[0]
    assert head.split()[-1] == chart.digest(case), "run python -m dev.chart"


@pytest.mark.parametrize("case", chart.cases(), ids=named)
def test_helm_makes_what_is_kept(case: Path) -> None:
    """Where Helm is; from nothing it takes three minutes to build."""
    helm = shutil.which("helm")
    if helm is None:
        pytest.skip(f"no helm here: go install {chart.HELM}")
    assert chart.render(helm, case) == chart.kept(case).read_text("utf-8")


@pytest.mark.parametrize("version", ["1.29", "1.37"])
def test_kubernetes_takes_every_manifest(made: Made, version: str) -> None:
    """By its own schemas, strictly: no key that it does not know; so the operator."""
    known = [SCHEMAS[f"kubernetes-{version}"], SCHEMAS["prometheus-operator"]]
    whole = {"spec": {"groups": chart.rule_groups("docs/runbook.md")}}
    for manifest in made.all:
        kind = f"{manifest['apiVersion']} {manifest['kind']}"
        (schema,) = (each for each in known if kind in each["kinds"])
        root = {**schema, "$ref": f"#/definitions/{schema['kinds'][kind]}"}
        told = {**manifest, **whole} if kind.endswith("PrometheusRule") else manifest
        jsonschema.Draft7Validator(root).validate(told)


def test_the_chart_has_the_version_of_the_project() -> None:
    """Chart and image are released together."""
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    about = load("config", "helm", "replyclock", "Chart.yaml")
    assert f'\nversion = "{about["version"]}"\n' in project
    assert about["appVersion"] == about["version"]


# -- Values


@pytest.fixture
def schema() -> jsonschema.Draft7Validator:
    text = (CHART / "values.schema.json").read_text("utf-8")
    return jsonschema.Draft7Validator(json.loads(text))


def defaults() -> Any:
    return load("config", "helm", "replyclock", "values.yaml")


def test_values_are_those_of_the_schema(
    made: Made, schema: jsonschema.Draft7Validator
) -> None:
    """Helm takes the defaults, once it is told where Kafka and Redis are."""
    schema.validate(made.values)
    faults = [list(fault.path) for fault in schema.iter_errors(defaults())]
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
        {"secrets": {"keys": ["slack_bot_tokn"]}},
    ],
    ids=str,
)
def test_a_value_that_is_none_is_refused(
    wrong: Manifest, schema: jsonschema.Draft7Validator
) -> None:
    """Misspelt, of another type, the chart's own, or a secret."""
    settings = {"broker": "k:1", "redis_url": "redis://r", **wrong.get("settings", {})}
    assert not schema.is_valid({**wrong, "settings": settings})
    assert schema.is_valid({"settings": {"broker": "k:1", "redis_url": "redis://r"}})


def test_every_setting_has_its_place(everything: Made) -> None:
    """It is a value, a secret, or given by the chart; ports are the defaults."""
    given = {field_of(name) for it in PROCESSES for name in everything.environment(it)}
    missing = set(FIELDS) - given - set(plain_settings())
    assert {name for name in missing if not name.endswith("_port")} == {
        "runbook"  # of Prometheus
    }


def test_the_default_secret_is_what_make_secrets_writes() -> None:
    """`kubectl create secret generic … --from-file=.secrets` has all keys."""
    assert sorted(defaults()["secrets"]["keys"]) == sorted(SECRETS)


def test_values_that_the_page_shows_are_values(
    schema: jsonschema.Draft7Validator,
) -> None:
    """Whoever copies them from docs/kubernetes.md is not refused."""
    shown = [YAML(typ="safe").load(text) for text in blocks("kubernetes.md", "yaml")]
    needed = shown[0]["settings"]
    for values in shown:
        schema.validate({**values, "settings": {**needed, **values["settings"]}})
    assert len(shown) == 2


# -- What watches us


def test_prometheus_scrapes_as_the_rules_expect(everything: Made) -> None:
    """The same jobs, as often as without Kubernetes; a worker keeps its name."""
    (monitor,) = everything.of("ServiceMonitor").values()
    (endpoint,) = monitor["spec"]["endpoints"]
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    scraped = [
        service["metadata"]["labels"][monitor["spec"]["jobLabel"]]
        for service in everything.of("Service").values()
        if wanted <= service["metadata"]["labels"].items()
        and endpoint["port"] in [port["name"] for port in service["spec"]["ports"]]
    ]
    settings = load("grafana", "prometheus", "prometheus.yml")
    assert sorted(scraped) == sorted(
        job["job_name"] for job in settings["scrape_configs"]
    )
    assert endpoint["interval"] == settings["global"]["scrape_interval"]
    assert endpoint["scrapeTimeout"] == settings["global"]["scrape_timeout"]
    assert endpoint["relabelings"] == [
        {"sourceLabels": ["__meta_kubernetes_pod_name"], "targetLabel": "instance"}
    ]


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
