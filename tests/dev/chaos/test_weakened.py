"""Weakened processes: what is switched off is still there to be switched off."""

import subprocess
import sys

import pytest

from dev.chaos.weakened import MENDS
from dev.places import REPOSITORY


@pytest.mark.parametrize("process", ["worker", "alerts"])
@pytest.mark.parametrize("mend", sorted(MENDS))
def test_a_mend_can_be_switched_off(mend, process):
    """Each mend is found in the product as it is, and the command line goes on."""
    weakened = subprocess.run(
        [sys.executable, "-m", "dev.chaos.weakened", mend, process, "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert weakened.returncode == 0, weakened.stderr
    assert "Usage" in weakened.stdout
