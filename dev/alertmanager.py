"""One Alertmanager, with our routes and nobody to notify, unless it is told whom."""

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from dev.http import answers
from dev.service import Spawn
from stream.monitoring.alertmanager import TEMPLATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Alertmanager:
    folder: Path
    port: int
    name: str = "alertmanager"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self, spawn: Spawn) -> None:
        """Write the settings."""
        del spawn
        self.folder.mkdir(parents=True)
        settings = YAML(typ="safe").load(TEMPLATE)
        # Its page shows the alerts; a demo tells no real Slack, and nobody's switch.
        settings["receivers"] = [
            {"name": each["name"]} for each in settings["receivers"]
        ]
        with self._settings.open("w", encoding="utf-8") as output:
            YAML(typ="safe").dump(settings, output)

    def command(self) -> list[str]:
        return [
            "prometheus-alertmanager",
            f"--config.file={self._settings}",
            f"--storage.path={self.folder}/data",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
            "--log.level=warn",
        ]

    def is_ready(self) -> bool:
        return answers(self.port, "/-/ready")

    @property
    def _settings(self) -> Path:
        return self.folder / "alertmanager.yml"
