"""Clocks: the wall time of one process is wrong while we say so, and no other time."""

import subprocess
import sys
import time

import pytest

from dev.chaos.clocks import Clocks
from dev.places import REPOSITORY

_TELLS = """
import sys, time
from aiokafka.producer.message_accumulator import BatchBuilder

for _ in sys.stdin:
    batch = BatchBuilder(16384, 0, is_transactional=False)
    stamp = batch.append(timestamp=None, key=b"k", value=b"v").timestamp / 1000
    wall = time.time_ns() / 1e9, time.time(), stamp
    up = time.clock_gettime(time.CLOCK_BOOTTIME), time.monotonic()
    print(*wall, *up, flush=True)
"""
_HOUR = 3600


@pytest.fixture
def clocks(tmp_path):
    return Clocks(tmp_path / "clocks")


@pytest.fixture
def ask(clocks, tmp_path, monkeypatch):
    """Asks a process with a clock of its own for all its times."""
    (tmp_path / "tells.py").write_text(_TELLS)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{REPOSITORY}")
    program = clocks.behind("worker", ("-m", "tells"))
    with subprocess.Popen(
        [sys.executable, *program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def times() -> list[float]:
            process.stdin.write(b"?\n")
            process.stdin.flush()
            return [float(word) for word in process.stdout.readline().split()]

        yield times
        process.stdin.close()


@pytest.mark.parametrize("by", [26 * _HOUR, -20])
def test_the_wall_jumps_and_comes_right(clocks, ask, by):
    """At once, in the records of Kafka's client, too; what waits is not woken."""
    for error in (0, by, 0):
        clocks.step("worker", error)
        *walls, boot, monotonic = ask()
        ours = time.clock_gettime(time.CLOCK_BOOTTIME), time.monotonic()
        assert walls == pytest.approx([time.time() + error] * 3, abs=2)
        assert (boot, monotonic) == pytest.approx(ours, abs=2)


def test_a_clock_is_one_process_s(clocks, ask):
    """Another one's jump is none of its business."""
    clocks.behind("worker-2", ("-m", "tells"))
    clocks.step("worker-2", _HOUR)
    assert ask()[0] == pytest.approx(time.time(), abs=2)


def test_who_starts_has_the_right_time(clocks, ask):
    """A process that starts believes its clock, so it is set right before."""
    clocks.step("worker", _HOUR)
    clocks.behind("worker", ("-m", "tells"))
    assert ask()[0] == pytest.approx(time.time(), abs=2)
