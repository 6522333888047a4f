from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.charts import restart_table
from bench.comparison import compare, tables
from bench.growth import SHARED, Growth
from bench.machine import Machine
from bench.markdown import Spread
from bench.measure import Run
from bench.page import PAGE, page
from bench.recovery import Restart
from bench.report import RESULTS, Report, read, write

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


def a_report(*, quix: bool = True) -> Report:
    """Three pairs; the middle of their ratios is not the ratio of middle rates."""
    runs: list[Run] = []
    for ours, stock, slow in ((1, 64, 2), (4, 64, 8), (2, 8, 5)):
        runs += a_run("replyclock", ours), a_run("stock-faust", stock, 4.0)
        if quix:
            runs.append(a_run("quix-streams", slow, 2.0))
    compared = compare(runs, workload="many", title="many", conversations=70)
    machine = replace(MACHINE, quixstreams="3.28.1" if quix else None)
    return Report(machine=machine, comparisons=(compared,), runs=tuple(runs))


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


def test_ratios_are_of_pairs():
    """A ratio compares two runs that ran one after the other, not two medians."""
    stock, quix = a_report().comparisons[0].peers

    assert stock.ratio_cpu == Spread(16, 4, 64)
    assert quix.ratio_cpu == Spread(2, 2, 2.5)


def test_a_workloads_table_has_a_row_for_each_peer():
    """The ratio is first, its target beside it; rates follow."""
    title, _, heads, _, *rows = tables(a_report().comparisons).splitlines()

    assert title == "Many: 1,000 events, 70 conversations:"
    assert [row.strip("| ").split(" | ") for row in (heads, *rows)] == [
        [
            *("ours to", "per CPU-second", "target", "by the clock"),
            *("ours, events/CPU-s", "theirs", "ours, events/s", "theirs"),
        ],
        [
            *("stock-faust", "**16.0x (4.0..64.0)**", "at least 15x: reached"),
            *("4.0x (4.0..4.0)", "500", "16", "1,000", "250"),
        ],
        [
            *("quix-streams", "**2.0x (2.0..2.5)**", "at least 2x: reached"),
            *("2.0x (2.0..2.0)", "500", "200", "1,000", "500"),
        ],
    ]


def test_a_target_is_missed_by_a_little():
    """A median just under the target is rounded in the table, not in the verdict."""
    runs = [a_run("replyclock", 1.0), a_run("quix-streams", 1.96)]
    compared = compare(runs, workload="many", title="many", conversations=70)

    assert "| **2.0x (2.0..2.0)** | at least 2x: 98% of it |" in tables((compared,))


def test_each_workload_has_a_table():
    """Tables are apart by an empty line, or Markdown would make one of two."""
    two = a_report().comparisons * 2

    assert tables(two) == "\n\n".join([tables(two[:1])] * 2)


@pytest.mark.parametrize("quix", [True, False])
def test_the_page_speaks_of_quix_where_it_was_measured(quix: bool):  # noqa: FBT001
    """A bench without Quix Streams leaves out its row, its version and its words."""
    text = page(a_report(quix=quix))

    assert [
        word in text
        for word in ("| quix-streams |", "quixstreams 3.28.1;", "bench/quix_streams.py")
    ] == [quix] * 3
    assert "| stock-faust |" in text
    assert "None" not in text


def test_the_page_has_a_section_for_each_part_that_was_measured():
    """Parts that were left out leave no empty heading."""
    report = a_report()
    grown = Growth(
        conversations=SHARED,
        workers=1,
        cpu_seconds=1.0,
        wall_seconds=1.0,
        events=1000,
        scrape_seconds=0.01,
    )
    parts = ("## One state write", "## A restart", "## Live", "## Growth", "## Loss")
    restarted = a_restart("replyclock", 0, 2.0, 50_000_000)
    more = replace(report, restarts=(restarted,), growths=(grown,))

    assert not any(part in page(report) for part in parts)
    assert [part in page(more) for part in parts] == [False, True, False, True, False]


def test_what_is_written_can_be_read_again(tmp_path: Path):
    """The JSON file holds the whole report."""
    report = a_report()

    file = write(report, tmp_path / "results")

    assert file.name == "worker-2026-11-23.json"
    assert read(file) == report


@pytest.mark.parametrize("fault", ["repeated", "missing", "unexpected"])
def test_one_wrong_fact_makes_a_run_wrong(fault: str):
    """A fact too many, too few or twice is a fault of the run."""
    right = {name: getattr(a_run("x", 1), name) for name in Run.__struct_fields__}

    assert not Run(**{**right, fault: 1}).is_right


def test_the_committed_page_is_of_the_newest_results():
    """`docs/performance.md` says what `bench/results` says, edited by nobody."""
    files = sorted(RESULTS.glob("worker-*.json"))

    assert not files or PAGE.read_text("utf-8") == page(read(files[-1]))
