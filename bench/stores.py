"""`python -m bench.stores`: what a store on disk (RocksDB) saves, and what it costs.

The product keeps its tables in memory. Would restarts be faster with a store on disk,
and what would each event pay for it? It needs the package `rocksdict`,
which the product does not have:

    .venv/bin/pip install rocksdict && .venv/bin/python -m bench.stores

The decision and the figures are docs/adr/0006-no-rocksdb-store.md.
"""

import asyncio
import multiprocessing
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import click

from bench.machine import this_machine
from bench.recovery import write_states
from bench.store_sides import Figures, measure_events, measure_reopen, measure_restore
from bench.workload import PARTITIONS
from dev.places import CONFIG
from dev.stack import Stack
from stream.config import load_config
from stream.engine.topics import ensure_topics

_TOPIC = "stores.changelog"
_WANTED = "rocksdict is not installed: .venv/bin/pip install rocksdict"


@click.command()
@click.option("--records", default=1_000_000, show_default=True, help="Restored.")
@click.option("--events", default=200_000, show_default=True, help="Read and written.")
@click.option("--rounds", default=3, show_default=True, help="The best one counts.")
def main(*, records: int, events: int, rounds: int) -> None:
    """Measure each side in a process of its own, in turn, and print the best."""
    if find_spec("rocksdict") is None:
        raise click.ClickException(_WANTED)
    machine = this_machine()
    click.echo(f"{machine.date}, {machine.cpu}, {machine.cores} cores,")
    click.echo(f"load {machine.load:.1f}, Python {machine.python}")
    with tempfile.TemporaryDirectory(prefix="replyclock-stores-") as name:
        folder = Path(name)
        with Stack.start(folder / "kafka", services=["kafka"]) as stack:
            click.echo(f"writing a changelog of {records:,} records")
            asyncio.run(_fill(stack.broker, records))
            best = _rounds(stack.broker, folder, events, rounds)
    for what, figure in best.items():
        click.echo(f"{what:<44}{figure:10.2f}")


async def _fill(broker: str, records: int) -> None:
    await ensure_topics(broker, {_TOPIC: PARTITIONS})
    await write_states(broker, _TOPIC, load_config(CONFIG).rules(), records)


def _rounds(broker: str, folder: Path, events: int, rounds: int) -> Figures:
    """The lowest figure of each name: what else runs here only adds."""
    best: Figures = {}
    for number in range(rounds):
        disk = folder / f"restored-{number}"
        found: Figures = {}
        for kind in ("none", "dict", "rocks"):
            found |= _alone(measure_restore, kind, broker, _TOPIC, disk)
        found |= _alone(measure_reopen, disk)
        for kind in ("dict", "rocks", "rocks synced"):
            events_disk = folder / f"events-{number}-{kind}"
            found |= _alone(measure_events, kind, events_disk, events)
        for what, figure in found.items():
            best[what] = min(figure, best.get(what, figure))
            click.echo(f"  round {number + 1}: {what:<44}{figure:10.2f}")
    return best


def _alone(measure: Callable[..., Figures], *arguments: object) -> Figures:
    """Run it in a new process: memory is its own, and nothing is warm."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as process:
        return process.submit(measure, *arguments).result()


if __name__ == "__main__":
    sys.exit(main())
