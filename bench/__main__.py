"""`make bench`: our worker, stock Faust and Quix Streams in turn on the same events."""

import asyncio
import sys
import tempfile
from pathlib import Path

import click

from bench.machine import this_machine
from bench.measure import Run, measure
from bench.recovery import Restart, restart
from bench.report import PAGE, RESULTS, Report, compare, restart_table, tables, write
from bench.sides import OURS, PEERS, STOCK, installed_sides
from bench.workload import Workload, gather, make_workload, write_events
from dev.faults import StackError
from dev.stack import Stack
from dev.system import CONFIG
from stream.config import load_config

_WARM_UP = 4000
_A_CONVERSATION = 50
"""Events of each conversation where they are few and long."""

_RESTARTS = (
    *((OURS, 0, 1), (OURS, 1_000_000, 1), (OURS, 200_000, 5)),
    *((STOCK, 0, 1), (STOCK, 50_000, 1)),
)
"""Side, conversations, states of each in the changelog."""


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
    machine = this_machine()
    try:
        with tempfile.TemporaryDirectory(prefix="replyclock-bench-") as folder:
            runs, restarts = asyncio.run(
                _run(Path(folder), workloads, pairs, quick=quick)
            )
    except StackError as error:
        sys.exit(f"bench: {error}")
    comparisons = tuple(
        compare(
            runs,
            workload=workload.name,
            title=workload.title,
            conversations=workload.conversations,
        )
        for workload in workloads
    )
    click.echo(f"\n{tables(comparisons)}\n")
    wrong = [run for run in runs if not run.is_right]
    report = Report(
        machine=machine,
        comparisons=comparisons,
        runs=tuple(runs),
        restarts=tuple(restarts),
    )
    click.echo(restart_table(report.restarts))
    if results or page or not (quick or wrong):
        click.echo(write(report, results or RESULTS, page or PAGE))
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


async def _run(
    folder: Path, workloads: list[Workload], pairs: int, *, quick: bool
) -> tuple[list[Run], list[Restart]]:
    runs = []
    sides = installed_sides()
    restarts: list[Restart] = []
    with Stack.start(folder, services=("kafka",), on_progress=click.echo) as stack:
        rules = load_config(CONFIG).rules()
        if not quick:
            small = make_workload("", "", write_events(rules, _WARM_UP), rules)
            for side in sides:
                click.echo(f"warm-up: {side.name}")
                await measure(side, small, stack, f"warm-up-{side.name}.")
        for workload in workloads:
            for number in range(1, pairs + 1):
                for side in sides:
                    prefix = f"{workload.name}-{number}-{side.name}."
                    run = await measure(side, workload, stack, prefix)
                    runs.append(run)
                    _tell(run, number, pairs, workload)
        for side, conversations, repeats in () if quick else _RESTARTS:
            click.echo(f"restart: {side.name}, {conversations * repeats:,} records")
            restarts.append(
                await restart(
                    side, rules, stack, conversations=conversations, repeats=repeats
                )
            )
    return runs, restarts


def _tell(run: Run, number: int, pairs: int, workload: Workload) -> None:
    facts = "all facts right" if run.is_right else "WRONG FACTS"
    click.echo(
        f"{workload.title}, pair {number} of {pairs}: {run.side:<12}"
        f"{run.events / run.cpu_seconds:>9,.0f} events/CPU-s"
        f"{run.events / run.wall_seconds:>9,.0f} events/s, {facts}"
    )


if __name__ == "__main__":
    main()
