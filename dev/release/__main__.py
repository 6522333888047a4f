"""`make release`: wheel, sdist, SBOM, licence notices and checksums, into `dist/`."""

import hashlib
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from dev.places import CACHE, REPOSITORY
from dev.release.licences import notices
from stream.process.version import commit

DIST = REPOSITORY / "dist"
_SHIPPED = CACHE / "shipped"
"""A virtual environment with what an image has: the lock, and our wheel."""
_SBOM_TOOL = CACHE / "release-venv" / "bin" / "cyclonedx-py"


def release() -> None:
    shutil.rmtree(DIST, ignore_errors=True)
    _run(sys.executable, "-m", "hatchling", "build", "-d", str(DIST))
    wheel = next(DIST.glob("*.whl"))
    _install(wheel)
    name = "-".join(wheel.name.split("-")[:2])
    python = str(_SHIPPED / "bin" / "python")
    described = ("--pyproject", "pyproject.toml", "--output-reproducible")
    bill = str(DIST / f"{name}.cdx.json")
    _run(str(_SBOM_TOOL), "environment", *described, "--output-file", bill, python)
    others = [
        package
        for package in distributions(path=[str(_site())])
        if package.name != "replyclock"
    ]
    page = DIST / "THIRD-PARTY-LICENSES.txt"
    page.write_text(notices(others), encoding="utf-8")
    sums = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted(DIST.iterdir())
    ]
    (DIST / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def _install(wheel: Path) -> None:
    shutil.rmtree(_SHIPPED, ignore_errors=True)
    _run(sys.executable, "-m", "venv", "--without-pip", str(_SHIPPED))
    pip = (sys.executable, "-m", "pip", "--python", str(_SHIPPED), "install", "--quiet")
    _run(*pip, "--require-hashes", "-r", "requirements.lock")
    _run(*pip, "--no-deps", "--no-index", str(wheel))


def _site() -> Path:
    return next(_SHIPPED.glob("lib/python*/site-packages"))


def _run(*command: str) -> None:
    if subprocess.run(command, cwd=REPOSITORY, check=False).returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    if not commit() or commit().endswith("-dirty"):
        sys.exit("a release is of a commit: commit or put away what git status shows")
    release()
    for file in sorted(DIST.iterdir()):
        print(file.relative_to(REPOSITORY))
