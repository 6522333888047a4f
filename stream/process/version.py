"""Which ReplyClock this is: its version, and the commit it was made from.

Of the standard library alone: `hatch_build.py` runs this file by its path.
"""

import subprocess
from importlib.metadata import version
from pathlib import Path

COMMIT = Path(__file__).with_name("commit")
"""Written into wheel and sdist by `hatch_build.py`; a checkout has none."""
_CHECKOUT = Path(__file__).parents[2]
_DESCRIBE = ("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")


def commit() -> str:
    """The commit, abbreviated, `-dirty` with changes; empty where nobody knows it."""
    if COMMIT.exists():
        return COMMIT.read_text(encoding="utf-8").strip()
    # Not of a repository around it: a virtual environment may lie in anybody's.
    if not (_CHECKOUT / ".git").exists():
        return ""
    git = ["git", "-C", str(_CHECKOUT), *_DESCRIBE]
    try:
        said = subprocess.run(git, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:  # no git
        return ""
    return said.stdout.strip()


def release() -> str:
    """As people name it: `0.2.0 (825c5dd0c7d1)`, or `0.2.0`."""
    made_from = commit()
    return version("replyclock") + (f" ({made_from})" if made_from else "")
