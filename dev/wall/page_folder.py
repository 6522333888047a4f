"""The page that draws: its Node packages and its script, made once, in the cache."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Container
from pathlib import Path

from dev.faults import StackError
from dev.packages import preflight
from dev.places import CACHE

SOURCES = Path(__file__).with_name("page")
ICONS = "node_modules/@grafana/ui/dist/public/img/icons"
_KEPT = CACHE / "wall" / "page"
_BUILT = "out/built"


def ensure_page() -> Path:
    """The folder with `out/index.html`, built from the sources as they are now.

    Fetches the packages only when package-lock.json is new. Raises `StackError` with
    npm's or esbuild's words.
    """
    lock = (SOURCES / "package-lock.json").read_bytes()
    folder = _KEPT / hashlib.sha256(lock).hexdigest()[:16]
    key = _key()
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "making.lock").open("w") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        built = folder / _BUILT
        if built.exists() and built.read_text() == key:
            return folder
        preflight([], also=("node", "npm"))
        for old in {*_KEPT.glob("*/")} - {folder}:
            shutil.rmtree(old)
        folder.mkdir(exist_ok=True)
        for source in SOURCES.iterdir():
            _copy(source, folder / source.name)
        # npm writes this file last: what it began and did not end has none.
        if not (folder / "node_modules" / ".package-lock.json").exists():
            print("fetching Grafana's libraries (npm, once)", file=sys.stderr)
            run(["npm", "ci", "--no-progress"], folder)
        run(["node", "build.mjs"], folder)
        built.write_text(key)
    return folder


def run(command: list[str], folder: Path, fine: Container[int] = (0,)) -> str:
    """What the command says; raises `StackError` with it when its end is not fine."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode not in fine:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise StackError(f"failed: {' '.join(command)}\n{said}")
    return done.stdout


def _key() -> str:
    digest = hashlib.sha256()
    for file in sorted(SOURCES.rglob("*")):
        if file.is_file():
            digest.update(f"{file.relative_to(SOURCES)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
