from pathlib import Path

import pytest

from bench.machine import Machine
from bench.measure import Run
from bench.recovery import Restart
from bench.report import (
    PAGE,
    RESULTS,
    Report,
    compare,
    page,
    read,
    restart_table,
    table,
    write,
)

MACHINE = Machine(
    date="2026-11-23T09:00:00+00:00",
    commit="abc",
    cpu="a processor",
    cores=2,
    load=0.1,
    system="Linux 6",
    python="3.11",
    kafka="4.3.1",
    faust="0.15.3",
    aiokafka="0.14.0",
)


def a_run(side: str, cpu_seconds: float, wall_seconds: float = 1.0) -> Run:
    return Run(
        side=side,
        workload="many",
        events=1000,
        cpu_seconds=cpu_seconds,
        wall_seconds=wall_seconds,
        facts=500,
        repeated=0,
        missing=0,
        unexpected=0,
    )


def a_report() -> Report:
    runs = tuple(
        run
        for ours, stock in ((1, 8), (2, 64), (1, 16))
        for run in (a_run("replyclock", ours), a_run("stock-faust", stock, 4.0))
    )
    compared = compare(runs, workload="many", title="many", conversations=70)
    return Report(machine=MACHINE, comparisons=(compared,), runs=runs)


def a_restart(side: str, records: int, seconds: float, memory: int) -> Restart:
    return Restart(
        side=side,
        conversations=records // 5,
        records=records,
        seconds=seconds,
        memory=memory,
    )


def test_restarts_are_counted_from_an_empty_one_of_their_side():
    """What a start takes without records is no part of the rate, nor of the memory."""
    restarts = (
        a_restart("replyclock", 0, 2.0, 50_000_000),
        a_restart("stock-faust", 0, 1.0, 40_000_000),
        a_restart("replyclock", 1_000_000, 6.0, 170_000_000),
        a_restart("stock-faust", 10_000, 3.0, 41_000_000),
    )
    rows = [
        row.split(" | ") for row in restart_table(restarts).splitlines() if "|" in row
    ]

    assert rows[2:] == [
        ["| replyclock", "1,000,000", "200,000", "6.0 s", "250,000", "600 |"],
        ["| stock-faust", "10,000", "2,000", "3.0 s", "5,000", "500 |"],
    ]
    assert restart_table(()) == ""


def test_ratios_are_of_pairs():
    """A ratio compares two runs that ran one after the other, not two medians."""
    ratio = a_report().comparisons[0].ratio_cpu

    assert (ratio.median, ratio.least, ratio.most) == (16, 8, 32)


def test_the_table_shows_ratios_before_rates():
    """Ratios come first, with their spread; rates follow."""
    row = table(a_report().comparisons).splitlines()[-1]

    assert row.split(" | ")[1:] == [
        *("**16.0x (8.0..32.0)**", "4.0x (4.0..4.0)"),
        *("1,000", "62", "1,000", "250 |"),
    ]


def test_what_is_written_can_be_read_again(tmp_path: Path):
    """The JSON file holds the whole report; the page is made of nothing else."""
    report = a_report()

    file = write(report, tmp_path / "results", tmp_path / "performance.md")

    assert file.name == "worker-2026-11-23.json"
    assert read(file) == report
    assert (tmp_path / "performance.md").read_text("utf-8") == page(report)


@pytest.mark.parametrize("fault", ["repeated", "missing", "unexpected"])
def test_one_wrong_fact_makes_a_run_wrong(fault: str):
    """A fact too many, too few or twice is a fault of the run."""
    right = {name: getattr(a_run("x", 1), name) for name in Run.__struct_fields__}

    assert not Run(**{**right, fault: 1}).is_right


def test_the_committed_page_is_of_the_newest_results():
    """`docs/performance.md` says what `bench/results` says, edited by nobody."""
    files = sorted(RESULTS.glob("worker-*.json"))

    assert not files or PAGE.read_text("utf-8") == page(read(files[-1]))
