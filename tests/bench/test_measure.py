import os
import subprocess
import sys

from bench.measure import cpu_seconds

_BURN = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def test_cpu_time_counts_work_and_not_waiting():
    """A process that worked for 0.3 s and waits since has used about that."""
    command = [sys.executable, "-c", _BURN]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        used = cpu_seconds(process.pid)
        process.communicate(b"\n")

    assert 0.25 < used < 0.6
    assert cpu_seconds(os.getpid()) > 0
