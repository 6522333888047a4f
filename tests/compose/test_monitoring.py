"""Prometheus, Alertmanager and Grafana among the services of Compose."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from grafana.queries import WALL
from stream.cli import main
from tests.compose.conftest import FIELDS, OURS, ROOT, Read

METRICS = {"intake": "intake_metrics", "alerts": "alerts"}
"""Whose port one process answers Prometheus at; of workers there may be several."""

Service = dict[str, Any]


def load(*path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(ROOT.joinpath(*path))
    return loaded


@pytest.fixture
def services(read: Read) -> dict[str, Service]:
    """Folders as they are called in the repository."""
    found: dict[str, Service] = read()["services"]
    for service in found.values():
        for mount in service.get("volumes", []):
            mount["source"] = mount["source"].replace(f"{read.folder}/", "./")
    return found


def test_what_configures_others_writes_what_they_read(
    services: dict[str, Service],
) -> None:
    """Run as in its container, it writes the files that Alertmanager and Grafana read.

    They wait for it, have its volume, and our user may write there.
    """
    _, folder = services["configure"]["command"]
    assert mounts_of(services["configure"])[folder] == "monitoring"
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
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
        assert mounts_of(services[name])[mount] == "monitoring"
        assert "configure" in services[name]["depends_on"]
        assert file in written


def mounts_of(service: Service) -> dict[str, str]:
    """What a container sees where: a volume's name, or a folder of the repository."""
    return {mount["target"]: mount["source"] for mount in service["volumes"]}


def on_disk(service: Service, path: str) -> Path:
    """The file of the repository that a container sees at `path`."""
    for target, source in mounts_of(service).items():
        if source.startswith("./") and path.startswith(target + "/"):
            return ROOT / source / path.removeprefix(target + "/")
    raise AssertionError(f"{path} is not mounted")


def test_files_named_by_settings_are_mounted(services: dict[str, Service]) -> None:
    """Rules, Prometheus' settings, the wall, all at their paths."""
    for name in OURS:
        rules = services[name]["environment"]["REPLYCLOCK_CONFIG"]
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


def test_prometheus_scrapes_the_services() -> None:
    """A job a process, at the service's name and the default port of its metrics.

    Workers are found: the name of a service is the address of each of its containers.
    """
    settings = load("grafana", "prometheus", "prometheus.yml")
    jobs = {job.pop("job_name"): job for job in settings["scrape_configs"]}
    (found,) = jobs.pop("worker")["dns_sd_configs"]
    asked = {key: found[key] for key in ("names", "type", "port")}
    port = FIELDS["worker_port"].default
    assert asked == {"names": ["worker"], "type": "A", "port": port}
    assert jobs == {
        name: {
            "static_configs": [
                {"targets": [f"{name}:{FIELDS[f'{metrics}_port'].default}"]}
            ]
        }
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
