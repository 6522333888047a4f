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
from bench.parts import PARTS, Bench, Part
from bench.report import RESULTS, Report, encoded, read, write
from bench.sides import PEERS
from bench.workload import Workload, gather, make_workload, write_events
from dev.faults import StackError
from dev.places import CONFIG
from dev.stack import Stack
from stream.config import load_config

_SERVICES = ("kafka", "redis", "slack")
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
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice(PARTS),
    help="Measure this part alone, and put it into the newest results.",
)
def main(
    *,
    events: int,
    pairs: int,
    quick: bool,
    results: Path | None,
    page: Path | None,
    parts: tuple[str, ...],
) -> None:
    """Measure, compare, write; exit 1 when a side's facts are not the right ones.

    Examples: python -m bench --quick; python -m bench --part lives
    """
    if parts:
        _measure_again(parts, pairs, results or RESULTS, page or PAGE)
        return
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


def _measure_again(
    parts: tuple[str, ...], pairs: int, results: Path, page: Path
) -> None:
    newest = sorted(results.glob("worker-*.json"))
    if not newest:
        sys.exit("bench: no results yet: measure everything first")
    report = read(newest[-1])
    apart = {**report.apart, **dict.fromkeys(parts, this_machine())}
    try:
        with tempfile.TemporaryDirectory(prefix="replyclock-bench-") as folder:
            found = asyncio.run(_measure_parts(Path(folder), parts, pairs))
    except StackError as error:
        sys.exit(f"bench: {error}")
    report = replace(report, apart=apart, **found)
    click.echo(f"\n{figures(report)}\n")
    newest[-1].write_bytes(encoded(report))
    page.write_text(written(report), "utf-8")


async def _measure_parts(
    folder: Path, parts: tuple[str, ...], pairs: int
) -> dict[str, tuple[Part, ...]]:
    rules = load_config(CONFIG).rules()
    with Stack.start(folder, services=_SERVICES, on_progress=click.echo) as stack:
        bench = Bench(stack, rules)
        await bench.warm_up()
        return {name: tuple(await bench.part(name, pairs)) for name in parts}


async def _measure(
    folder: Path, workloads: list[Workload], pairs: int, *, quick: bool
) -> Report:
    machine = this_machine()
    rules = load_config(CONFIG).rules()
    with Stack.start(folder, services=_SERVICES, on_progress=click.echo) as stack:
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
        found = {name: tuple(await bench.part(name, pairs)) for name in PARTS}
        return replace(report, **found)


def _compared(runs: Sequence[Run], workload: Workload) -> Comparison:
    return compare(
        runs,
        workload=workload.name,
        title=workload.title,
        conversations=workload.conversations,
    )


if __name__ == "__main__":
    main()
