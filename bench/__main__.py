"""`make bench`: our worker, stock Faust and Quix Streams in turn on the same events."""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from bench.comparison import Comparison, compare
from bench.machine import this_machine
from bench.measure import Run
from bench.page import PAGE, figures
from bench.page import page as written
from bench.parts import Bench
from bench.report import RESULTS, Report, write
from bench.sides import PEERS
from bench.workload import Workload, gather, make_workload, write_events
from dev.faults import StackError
from dev.stack import Stack
from dev.system import CONFIG
from stream.config import load_config

_A_CONVERSATION = 50
"""Events of each conversation where they are few and long."""


@click.command()
@click.option("--events", default=100_000, show_default=True, help="Of each run.")
@click.option("--pairs", default=3, show_default=True, help="Runs of each side.")
@click.option("--quick", is_flag=True, help="One small pair, nothing written.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="Where the JSON goes; default: bench/results.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    help="The page that is written; default: docs/performance.md.",
)
def main(
    *, events: int, pairs: int, quick: bool, results: Path | None, page: Path | None
) -> None:
    """Measure, compare, write; exit 1 when a side's facts are not the right ones.

    Example: python -m bench --quick
    """
    if quick:
        events, pairs = 4000, 1
    click.echo(f"writing {events:,} events")
    workloads = _workloads(events, quick=quick)
    for side in PEERS:
        if not side.is_installed:
            click.echo(f"without {side.name}, which `make bench` installs")
    try:
        with tempfile.TemporaryDirectory(prefix="replyclock-bench-") as folder:
            report = asyncio.run(_measure(Path(folder), workloads, pairs, quick=quick))
    except StackError as error:
        sys.exit(f"bench: {error}")
    click.echo(f"\n{figures(report)}\n")
    wrong = [run for run in report.runs if not run.is_right]
    if results or page or not (quick or wrong):
        click.echo(write(report, results or RESULTS))
        (page or PAGE).write_text(written(report), "utf-8")
    for run in wrong:
        click.echo(f"wrong facts: {run}", err=True)
    sys.exit(1 if wrong else 0)


def _workloads(count: int, *, quick: bool) -> list[Workload]:
    rules = load_config(CONFIG).rules()
    events = write_events(rules, count)
    play = make_workload("many", "many short conversations", events, rules)
    if quick:
        return [play]
    few = gather(events, count // (_A_CONVERSATION * len(rules.queues)))
    return [play, make_workload("few", "few long conversations", few, rules)]


async def _measure(
    folder: Path, workloads: list[Workload], pairs: int, *, quick: bool
) -> Report:
    machine = this_machine()
    rules = load_config(CONFIG).rules()
    with Stack.start(folder, services=("kafka",), on_progress=click.echo) as stack:
        bench = Bench(stack, rules)
        if not quick:
            await bench.warm_up()
        runs = await bench.pairs(workloads, pairs)
        report = Report(
            machine=machine,
            comparisons=tuple(_compared(runs, workload) for workload in workloads),
            runs=tuple(runs),
        )
        if quick:
            return report
        most = report.comparisons[0].per_second.median
        return replace(
            report,
            one_writes=tuple(await bench.one_writes(pairs)),
            restarts=tuple(await bench.restarts()),
            lives=tuple(await bench.lives(int(most))),
            growths=tuple(await bench.growths()),
            losses=tuple(await bench.losses()),
        )


def _compared(runs: Sequence[Run], workload: Workload) -> Comparison:
    return compare(
        runs,
        workload=workload.name,
        title=workload.title,
        conversations=workload.conversations,
    )


if __name__ == "__main__":
    main()
