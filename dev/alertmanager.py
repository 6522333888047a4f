"""One Alertmanager, with the repository's settings where it has some."""

from dataclasses import dataclass
from pathlib import Path

from dev.http import answers
from dev.places import REPOSITORY
from dev.service import Spawn

TEMPLATE = REPOSITORY / "grafana" / "alertmanager" / "alertmanager.yml"
_SHOWS_ONLY = "route: {receiver: page}\nreceivers: [{name: page}]\n"


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
        text = TEMPLATE.read_text("utf-8") if TEMPLATE.exists() else _SHOWS_ONLY
        self._settings.write_text(text, "utf-8")

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
