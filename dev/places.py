"""Where things lie in a checkout."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".dev"
"""Downloads and the state of stacks started by hand; not in git."""
CONFIG = REPOSITORY / "config" / "sla.yaml"
"""The example of the rules."""
