"""A Prometheus that has seen all situations: OpenMetrics, blocks, one server."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.faults import StackError
from dev.packages import preflight
from dev.ports import reserve_port
from dev.processes import Processes
from dev.prometheus import Prometheus
from dev.service import Running, Spawn
from dev.wall.exported import exported
from dev.wall.situations import Situation


class _Recorded(Prometheus):
    def prepare(self, spawn: Spawn) -> None:
        super().prepare(spawn)
        # One block: promtool reads the whole file again for each.
        create = ("promtool", "tsdb", "create-blocks-from", "--max-block-duration=288h")
        metrics = self.folder.parent / "situations.om"
        made = spawn([*create, "openmetrics", str(metrics), f"{self.folder}/data"])
        if made.wait():
            raise StackError("promtool made no blocks of the situations")


@contextmanager
def recorded(situations: Iterable[Situation], work: str | Path) -> Iterator[str]:
    """The address of a Prometheus that answers for each situation at its instant.

    Raises `StackError` when it does not start.
    """
    preflight(["prometheus"])
    folder = Path(work)
    with (folder / "situations.om").open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in exported(situations))
    server = _Recorded(folder=folder / "prometheus", port=reserve_port())
    processes = Processes()
    try:
        Running(server, folder / "prometheus.log", processes).start()
        yield server.address
    finally:
        processes.close()
