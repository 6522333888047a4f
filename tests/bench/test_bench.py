import subprocess
import sys
from pathlib import Path

import pytest

from bench.report import page, read
from dev.places import REPOSITORY


@pytest.mark.broker
def test_both_sides_draw_the_same_facts_from_the_same_events(tmp_path: Path):
    """A quick bench runs both sides; each has written exactly the right facts."""
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
    assert [run.side for run in report.runs] == ["replyclock", "stock-faust"]
    ours, stock = report.runs
    assert ours.events == stock.events == 4000
    assert ours.facts == stock.facts > 2000
    assert ours.is_right
    assert stock.is_right
    assert min(ours.cpu_seconds, ours.wall_seconds) > 0
    assert report.comparisons[0].ratio_cpu.median > 1
    assert report.machine.cores > 0
    assert written.read_text("utf-8") == page(report)
