import subprocess
import sys
from pathlib import Path

import pytest

from bench.page import page
from bench.report import read
from bench.sides import QUIX, installed_sides
from dev.places import REPOSITORY


@pytest.mark.broker
def test_all_sides_draw_the_same_facts_from_the_same_events(tmp_path: Path):
    """A quick bench runs what is installed; each side has written the right facts."""
    results, written = tmp_path / "results", tmp_path / "performance.md"

    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench", "--quick"),
            *("--results", str(results), "--page", str(written)),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = results.glob("worker-*.json")
    report = read(file)
    sides = [side.name for side in installed_sides()]
    assert [run.side for run in report.runs] == sides
    assert sides[:2] == ["replyclock", "stock-faust"]
    assert ("without quix-streams" in done.stdout) is not QUIX.is_installed
    assert {run.events for run in report.runs} == {4000}
    ours = report.runs[0]
    # No timer runs, so what waits for a point to be settled is not told (ADR 10).
    assert ours.facts > 1500
    assert {run.facts for run in report.runs} == {ours.facts}
    assert all(run.is_right for run in report.runs)
    assert min(ours.cpu_seconds, ours.wall_seconds) > 0
    assert report.comparisons[0].peers[0].ratio_cpu.median > 1
    assert report.machine.cores > 0
    assert written.read_text("utf-8") == page(report)
