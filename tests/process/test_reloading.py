"""Reload: all of the file or nothing, seen by its content."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from stream.config import load_config
from stream.process.reloading import Reloader, ReloadMetrics

from tests.timelines import CONFIG  # isort: skip

STRICTER = CONFIG.replace("within: 10m", "within: 5m")
BAD = CONFIG.replace("within: 10m", "within: soon")


class Process:
    """A reloader on a file, what it told, and a clock we set."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 1000.0
        self.registry = CollectorRegistry()
        self.told: list[str] = []
        first = load_config(path)
        self.version = first.version_hash
        metrics = ReloadMetrics(self.registry)
        self.reloader = Reloader(path, first, metrics, lambda: self.now)
        self.reloader.tells(lambda config: self.told.append(config.version_hash))

    def sample(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"replyclock_config_{name}", labels)

    @property
    def successful(self) -> float | None:
        return self.sample("last_reload_successful")


@pytest.fixture
def process(tmp_path) -> Process:
    path = tmp_path / "sla.yaml"
    path.write_text(CONFIG, "utf-8")
    return Process(path)


async def test_what_has_not_changed_is_not_told(process):
    """The first looks find what the process has started with."""
    assert not (await process.reloader.look()).changed
    assert not (await process.reloader.look()).changed
    assert process.told == []
    assert process.successful == 1


async def test_a_change_is_told_once(process):
    """The new hash replaces the old one, and the time moves."""
    process.path.write_text(STRICTER, "utf-8")
    process.now = 2000.0

    outcome = await process.reloader.look()
    await process.reloader.look()

    assert outcome.changed
    assert process.told == [outcome.version]
    assert process.sample("info", hash=outcome.version) == 1
    assert process.sample("info", hash=process.version) is None
    assert process.sample("last_reload_success_timestamp_seconds") == 2000


@pytest.mark.parametrize("how", ["bad", "vanished", "no text"])
async def test_a_bad_file_is_refused_and_said(process, how, capfd):
    """What was in force stays; each look says why until the file is good again."""
    match how:
        case "bad":
            process.path.write_text(BAD, "utf-8")
        case "vanished":
            process.path.unlink()
        case _:
            process.path.write_bytes(b"\xff\xfe")

    outcome = await process.reloader.look()
    again = await process.reloader.look()

    assert outcome.faults == again.faults != ()
    assert outcome.faults[0].startswith(f"{process.path}:")
    assert outcome.version == process.version
    assert process.told == []
    assert process.successful == 0
    assert "config refused" in "".join(capfd.readouterr())

    process.path.write_text(CONFIG, "utf-8")
    assert (await process.reloader.look()).faults == ()
    assert process.told == []
    assert process.successful == 1


async def test_a_file_that_was_renamed_into_place_is_seen(process):
    """As editors and ConfigMaps do it: another inode under the same name."""
    other = process.path.with_suffix(".new")
    for text in (STRICTER, CONFIG, STRICTER):
        other.write_text(text, "utf-8")
        other.replace(process.path)
        assert (await process.reloader.look()).changed
    assert len(process.told) == 3


async def test_a_configmap_that_changed_is_seen(tmp_path):
    """Kubernetes swaps a link two steps away from the file; nobody asks for a look."""
    path = mounted(tmp_path, "..2026_1", CONFIG)
    process = Process(path)
    before = path.readlink()
    in_force = asyncio.Event()
    process.reloader.tells(lambda _: in_force.set())
    assert not (await process.reloader.look()).changed

    async with process.reloader.following(0.1):
        mounted(tmp_path, "..2026_2", STRICTER)
        (tmp_path / "..2026_1" / "sla.yaml").unlink()  # as the kubelet then does
        async with asyncio.timeout(20):
            await in_force.wait()

    assert path.readlink() == before
    assert process.told == [load_config(path).version_hash]
    assert process.successful == 1


def mounted(folder: Path, version: str, text: str) -> Path:
    """Put `text` into a folder as the kubelet does with a ConfigMap's; the file."""
    (folder / version).mkdir()
    (folder / version / "sla.yaml").write_text(text, "utf-8")
    (folder / "..data_tmp").symlink_to(version)
    (folder / "..data_tmp").rename(folder / "..data")
    path = folder / "sla.yaml"
    if not path.is_symlink():
        path.symlink_to("..data/sla.yaml")
    return path
