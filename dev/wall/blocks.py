"""The blocks of a Prometheus that has seen all situations, made once, in the cache.

A server scrapes and evaluates as time goes by; promtool does both for days that are
over.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from dev.faults import StackError
from dev.places import CACHE
from dev.ports import reserve_port
from dev.processes import Processes
from dev.prometheus import TEMPLATE, Prometheus
from dev.service import Running, Spawn
from dev.wall import exported, series, situations, weeks
from grafana.queries import seconds_of

_KEPT = CACHE / "wall" / "situations"
_RULES = sorted(TEMPLATE.parent.glob("rules/*.yml"))
_PROMTOOL = ("promtool", "tsdb", "create-blocks-from", "--max-block-duration=8760h")
"""One block, or two: promtool reads the whole file again for each."""


def copy_blocks(folder: Path) -> None:
    """Put them into `folder`, a server's own; raises `StackError`."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "making.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _KEPT / _key()
        if not kept.is_dir():
            for old in _KEPT.glob("*/"):
                shutil.rmtree(old)
            with TemporaryDirectory(dir=_KEPT) as work:
                _make(Path(work) / "prometheus").rename(kept)
        shutil.copytree(kept, folder)


def _key() -> str:
    sources = [
        Path(str(module.__file__)) for module in (exported, series, situations, weeks)
    ]
    digest = hashlib.sha256()
    for file in (Path(__file__), *sources, *_RULES):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _make(folder: Path) -> Path:
    server = _Replayed(folder=folder, port=reserve_port())
    log = folder.parent / "prometheus.log"
    processes = Processes()
    try:
        Running(server, log, processes).start()
        server.record(lambda command: processes.spawn(command, log=log))
    finally:
        processes.close()
    for path in server.data.iterdir():
        if not (path / "meta.json").exists():  # what was in memory, and locks
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return server.data


class _Replayed(Prometheus):
    def prepare(self, spawn: Spawn) -> None:
        super().prepare(spawn)
        days = exported.exported(situations.SITUATIONS.values())
        for name, lines in (("situations", days), ("weeks", weeks.recorded_weeks())):
            metrics = self.folder / f"{name}.txt"
            with metrics.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
            _made(spawn, "openmetrics", str(metrics), str(self.data))

    def record(self, spawn: Spawn) -> None:
        """Evaluate the recording rules over what was exported."""
        rules = self.folder / "rules.txt"
        with rules.open("w", encoding="utf-8") as file:
            YAML(typ="safe").dump({"groups": [*_recording(_RULES)]}, file)
        days = [each.at for each in situations.SITUATIONS.values() if each.queues]
        since, until = min(days).replace(hour=0, minute=0, second=0), max(days)
        time = (f"--start={since.timestamp():.0f}", f"--end={until.timestamp():.0f}")
        place = (f"--url={self.address}", f"--output-dir={self.data}")
        _made(spawn, "rules", *time, *place, str(rules))

    @property
    def data(self) -> Path:
        return self.folder / "data"


def _recording(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The groups that record, no oftener than there are samples."""
    for file in files:
        for group in YAML(typ="safe").load(file)["groups"]:
            rules = [rule for rule in group["rules"] if "record" in rule]
            if rules:
                own = seconds_of(group.get("interval", "0s"))
                interval = f"{max(own, exported.EVERY)}s"
                yield {"name": group["name"], "interval": interval, "rules": rules}


def _made(spawn: Spawn, *arguments: str) -> None:
    if spawn([*_PROMTOOL, *arguments]).wait():
        raise StackError("promtool made no blocks of the situations")
