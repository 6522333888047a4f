"""A Prometheus that scrapes nothing and answers from the blocks in a folder."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dev.http import answers
from dev.ports import reserve_port
from dev.processes import Processes
from dev.service import Running, Spawn


@dataclass(frozen=True, slots=True)
class Archive:
    """As `dev.prometheus.Prometheus`, without targets and rules; it forgets nothing."""

    folder: Path
    port: int
    name: str = "prometheus"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self, spawn: Spawn) -> None:
        del spawn
        (self.folder / "prometheus.yml").touch()

    def command(self) -> list[str]:
        return [
            "prometheus",
            f"--config.file={self.folder}/prometheus.yml",
            f"--storage.tsdb.path={self.folder}/data",
            "--storage.tsdb.retention.time=100y",
            # Both alike: it does not compact, which would cost while we measure.
            "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=warn",
        ]

    def is_ready(self) -> bool:
        return answers(self.port, "/-/ready")


@contextmanager
def opened(folder: Path) -> Iterator[str]:
    """The address of one that answers from `folder`/data."""
    archive = Archive(folder, reserve_port())
    with closing(Processes()) as processes:
        running = Running(archive, folder / "prometheus.log", processes)
        running.start()
        yield archive.address
        running.stop()
