"""One Prometheus that answers for every situation, each at its instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.packages import preflight
from dev.ports import reserve_port
from dev.processes import Processes
from dev.prometheus import Prometheus
from dev.service import Running, Spawn
from dev.wall.blocks import copy_blocks


class _Recorded(Prometheus):
    def prepare(self, spawn: Spawn) -> None:
        super().prepare(spawn)
        copy_blocks(self.folder / "data")


@contextmanager
def recorded(folder: Path) -> Iterator[str]:
    """Its address; `folder` is its own. Raises `StackError` when it does not start."""
    preflight(["prometheus"])
    server = _Recorded(folder=folder / "prometheus", port=reserve_port())
    processes = Processes()
    try:
        Running(server, folder / "prometheus.log", processes).start()
        yield server.address
    finally:
        processes.close()
