"""The stand-in Slack as a service of the stack."""

import sys
from dataclasses import dataclass
from pathlib import Path

from dev.http import answers
from dev.service import Spawn


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackService:
    folder: Path
    port: int
    name: str = "slack"

    @property
    def address(self) -> str:
        """The page to look at; the API is below it at `api/`."""
        return f"http://127.0.0.1:{self.port}/"

    def prepare(self, spawn: Spawn) -> None:
        """Make the folder that keeps the messages through a restart."""
        del spawn
        self.folder.mkdir(parents=True)

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--state", str(self.folder)]
        return [sys.executable, "-m", "dev.slack", *options]

    def is_ready(self) -> bool:
        return answers(self.port, "/control/ready")
