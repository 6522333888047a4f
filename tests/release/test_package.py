"""What is released is what was tested: built here, installed where no checkout is."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from stream.process.version import commit
from tests.bodies import asked, on_the_wire

ROOT = Path(__file__).parents[2]
PACKAGES = ("stream", "alerts")
COMMIT = "stream/process/commit"
NO_CHECKOUT = """
import sys
def _refuse(event, arguments):
    path = str(arguments[0]) if event == "open" else ""
    if path.startswith({root!r}) and not path.startswith({installed!r}):
        raise AssertionError("read from the checkout: " + path)
sys.addaudithook(_refuse)
"""
"""As the new environment's `sitecustomize`: which files a process may open."""

Command = Callable[..., str]


def build(tree: Path, into: Path, *targets: str, **environment: str) -> Path:
    """Build without a network; `targets` are `wheel`, `sdist`, or both in one go."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(into)]
    for target in targets:
        command += ["-t", target]
    env = {**os.environ, **environment}
    subprocess.run(command, cwd=tree, env=env, check=True, capture_output=True)
    return into


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("dist"), "sdist", "wheel")


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="module")
def unpacked(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist as somebody has it who downloaded it."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"replyclock-{version('replyclock')}"


@pytest.fixture(scope="module")
def replyclock(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The installed command: it sees the locked packages, and never the checkout."""
    home = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python, pip = home / "bin" / "python", [sys.executable, "-m", "pip"]
    install = ("install", "--quiet", "--no-deps", "--no-index", str(wheel))
    subprocess.run([*pip, "--python", python, *install], check=True)
    site = next(home.glob("lib/python*/site-packages"))
    locked = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "locked.pth").write_text(f"{locked}\n", encoding="utf-8")
    guard = NO_CHECKOUT.format(root=f"{ROOT}/", installed=f"{sys.prefix}/")
    (site / "sitecustomize.py").write_text(guard, encoding="utf-8")

    token = home / "token"
    token.write_text("xoxb-anything", encoding="utf-8")
    env = {"PATH": os.defpath, "REPLYCLOCK_SLACK_BOT_TOKEN_FILE": str(token)}

    def run(*arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [home / "bin" / "replyclock", *arguments],
            cwd=home,
            env=env,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_installed_command_says_version_and_commit(replyclock: Command):
    """As the checkout does: the wheel knows the commit that it was built from."""
    said = f"replyclock {version('replyclock')} ({commit()})\n"
    assert re.fullmatch(r"replyclock \d+\.\d+\.\d+ \([0-9a-f]{12,}(-dirty)?\)\n", said)
    assert replyclock("--version") == said


def test_the_installed_commands_need_no_checkout(replyclock: Command, tmp_path: Path):
    """Rules, bodies, templates, style: what they read of ours is in the wheel."""
    rules = tmp_path / "sla.yaml"
    rules.write_bytes((ROOT / "config" / "sla.yaml").read_bytes())
    config = ("--config", str(rules))
    assert "good" in replyclock("check", str(rules))
    assert '"wamid.Q1"' in replyclock(
        "parse", "whatsapp", stdin=on_the_wire(asked()).decode()
    )
    page = tmp_path / "page.html"
    replyclock("alerts", "preview", *config, "--html", str(page))
    assert "<style>" in page.read_text(encoding="utf-8")
    replyclock("monitoring", str(tmp_path), *config)
    assert (tmp_path / "alertmanager.yml").exists()


def test_the_wheel_holds_both_packages_whole_and_nothing_else(wheel: Path):
    """Each template and picture beside the code is in it; no test, dev or bench is."""
    ours = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == {*ours, COMMIT}


def test_the_sdist_builds_the_same_wheel(unpacked: Path, wheel: Path, tmp_path: Path):
    """To the byte, with the commit, though there is no git."""
    build(unpacked, tmp_path, "wheel")
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_an_image_is_told_its_commit(unpacked: Path, wheel: Path, tmp_path: Path):
    """The Dockerfile's build has no git: what its argument says is in the wheel."""
    (unpacked / COMMIT).rename(tmp_path / "kept")
    try:
        build(unpacked, tmp_path, "wheel", REPLYCLOCK_COMMIT="0123456789ab")
        with zipfile.ZipFile(tmp_path / wheel.name) as archive:
            assert archive.read(COMMIT) == b"0123456789ab\n"
        build(unpacked, tmp_path, "wheel", REPLYCLOCK_COMMIT="")
        with zipfile.ZipFile(tmp_path / wheel.name) as archive:
            assert COMMIT not in archive.namelist()
    finally:
        (tmp_path / "kept").rename(unpacked / COMMIT)
