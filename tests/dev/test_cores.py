"""Core dumps: kept beside the process that left them, one an end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev.cores import DUMPS, Cores

_PATTERN = Path("/proc/sys/kernel/core_pattern").read_text("utf-8").strip()
_ABORT = [sys.executable, "-c", "import os; os.abort()"]


@pytest.mark.skipif(_PATTERN[:1] in "|/", reason="the kernel puts dumps elsewhere")
def test_a_dump_is_kept(tmp_path):
    """Although the shell's limit is 0; the next one is not written over it."""
    cores = Cores(tmp_path)
    kept = []
    for _ in range(2):
        ended = subprocess.run(
            ["prlimit", "--core=0:", *cores.allowed(_ABORT)],
            cwd=cores.folder_of("worker"),
            check=False,
        )
        assert ended.returncode in DUMPS
        kept.append(cores.keep("worker"))
    assert kept == [f"core dump: {tmp_path}/worker/dump-{n}" for n in (1, 2)]
    assert (tmp_path / "worker" / "dump-1").stat().st_size > os.sysconf("SC_PAGE_SIZE")


def test_where_the_kernel_takes_it_elsewhere_it_is_said(tmp_path):
    """A pipe leaves nothing with us: whoever looks for the dump is told."""
    pattern = tmp_path / "core_pattern"
    pattern.write_text("|/usr/share/apport/apport %p\n")
    said = Cores(tmp_path / "cores", pattern).keep("worker")
    assert "no core dump" in said
    assert "|/usr/share/apport/apport %p" in said
