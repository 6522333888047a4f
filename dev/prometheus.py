"""One Prometheus with the repository's own scrape settings and rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dev.faults import StackError
from dev.http import answers
from dev.places import REPOSITORY
from dev.service import Spawn

TEMPLATE = REPOSITORY / "grafana" / "prometheus" / "prometheus.yml"
WALL_RULES = "wall.yml"


@dataclass(slots=True, kw_only=True)
class Prometheus:
    folder: Path
    port: int
    targets: Mapping[str, str] = field(default_factory=dict)
    """Job -> host:port; jobs of the template that are not named here are left out."""
    alertmanager: str | None = None
    scrape_interval: str = "1s"
    name: str = "prometheus"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self, spawn: Spawn) -> None:
        """Write the settings: the template's, with this stack's addresses."""
        del spawn
        self.folder.mkdir(parents=True)
        self._write()

    def scrape(self, targets: Mapping[str, str]) -> None:
        """Scrape these from now on, and read rules and settings again."""
        self.targets = targets
        self._write()
        if not answers(self.port, "/-/reload", "POST", timeout=10):
            raise StackError("prometheus refused its new settings: see its log")

    def _write(self) -> None:
        yaml = YAML(typ="safe")
        adapted = adapt(
            yaml.load(TEMPLATE) if TEMPLATE.exists() else {},
            targets=self.targets,
            alertmanager=self.alertmanager,
            interval=self.scrape_interval,
            folder=self.folder,
        )
        self._write_rules()
        with self._settings.open("w", encoding="utf-8") as output:
            yaml.dump(adapted, output)

    def _write_rules(self) -> None:
        """As they are, but what the wall asks for at this stack's own pace.

        A demo is over before the second half minute.
        """
        (self.folder / "rules").mkdir(exist_ok=True)
        for file in sorted((TEMPLATE.parent / "rules").glob("*.yml")):
            text = file.read_text("utf-8")
            if file.name == WALL_RULES:
                text = text.replace("    interval: 30s\n", "")
            (self.folder / "rules" / file.name).write_text(text, "utf-8")

    def command(self) -> list[str]:
        return [
            "prometheus",
            f"--config.file={self._settings}",
            # Debian's asks to be told, what docker-compose.yml runs does so anyway.
            "--enable-feature=expand-external-labels",
            # It finds Alertmanager seconds after the first alert, which is dropped.
            "--rules.alert.resend-delay=5s",
            f"--storage.tsdb.path={self.folder}/data",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--web.enable-lifecycle",
            "--log.level=warn",
        ]

    def is_ready(self) -> bool:
        return answers(self.port, "/-/ready")

    @property
    def _settings(self) -> Path:
        return self.folder / "prometheus.yml"


def adapt(
    template: Mapping[str, Any],
    *,
    targets: Mapping[str, str],
    alertmanager: str | None,
    interval: str,
    folder: Path,
) -> dict[str, Any]:
    """The template's settings with one stack's addresses and pace.

    Each job keeps its paths and labels and gets its one target; `folder` is where
    the template's rule files are.
    """
    pace = {
        "scrape_interval": interval,
        "scrape_timeout": interval,
        "evaluation_interval": interval,
    }
    own = {job["job_name"]: job for job in template.get("scrape_configs", [])}
    adapted: dict[str, Any] = {
        "global": {**template.get("global", {}), **pace},
        "rule_files": [str(folder / file) for file in template.get("rule_files", [])],
        "scrape_configs": [
            _job(own.get(name, {"job_name": name}), target)
            for name, target in targets.items()
        ],
    }
    if alertmanager:
        where = [{"targets": [alertmanager]}]
        adapted["alerting"] = {
            **template.get("alerting", {}),
            "alertmanagers": [{"static_configs": where}],
        }
    return adapted


def _job(job: Mapping[str, Any], target: str) -> dict[str, Any]:
    ours = ("scrape_interval", "scrape_timeout", "dns_sd_configs")
    kept = {name: value for name, value in job.items() if name not in ours}
    first: dict[str, Any] = next(iter(kept.get("static_configs", [])), {})
    return {**kept, "static_configs": [{**first, "targets": [target]}]}
