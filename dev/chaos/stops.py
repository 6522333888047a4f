"""Stops: how workers under load end when they are asked to, many times over.

    python -m dev.chaos.stops --trials 300 --loop asyncio

In about one of 150 trials of chaos a worker ended by a segmentation fault instead. This
counts faster, with the product's event loop in the consumer's thread or with Python's
own; core dumps are kept.
"""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random

import click

from dev.chaos.feed import EVENTS, PARTITIONS, create, feed
from dev.chaos.loops import LOOPS
from dev.cores import DUMPS, Cores
from dev.places import CONFIG
from dev.stack import Stack
from dev.system import System
from stream.config import load_config
from stream.simulator.play import write_play

_RATE = 300
_PLAY_S = 30
_CUSTOMERS = 100_000
"""More than a play has, so that each play has its own."""
_LONGEST_S = 1.5
"""A worker is asked to end within so long after it is ready."""
_STOP_S = 15.0


@click.command()
@click.option("--trials", default=300, show_default=True, help="How many.")
@click.option(
    "--loop",
    type=click.Choice(sorted(LOOPS)),
    default="uvloop",
    show_default=True,
    help="In the consumer's thread; the product's is uvloop.",
)
@click.option("--seed", default=1, show_default=True, help="Of when to ask.")
def main(*, trials: int, loop: str, seed: int) -> None:
    """Start a worker, ask it to end, and count the exit statuses."""
    # A shell's background job is born with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix=f"stops-{loop}-"))
    click.echo(f"logs and core dumps in {folder}")
    statuses = asyncio.run(_run(folder, loop, trials, Random(seed)))  # noqa: S311
    for status, times in statuses.most_common():
        click.echo(f"{times:5} x {_words(status)}")
    sys.exit(0 if set(statuses) <= {0} else 1)


async def _run(folder: Path, loop: str, trials: int, random: Random) -> Counter[int]:
    statuses: Counter[int] = Counter()
    with Stack.start(folder, services=("kafka",)) as stack:
        system = System(stack)
        system.program = ("-m", "dev.chaos.loops", loop)
        system.cores = cores = Cores(folder / "cores")
        await create(stack.broker, EVENTS, PARTITIONS, 1)
        feeding = asyncio.create_task(_feed(stack.broker))
        try:
            for number in range(1, trials + 1):
                began = time.monotonic()
                wait = random.uniform(0, _LONGEST_S)
                status = await asyncio.to_thread(_stop_one, system, wait)
                statuses[status] += 1
                core = f"  {cores.keep('worker')}" if status in DUMPS else ""
                took = time.monotonic() - began
                click.echo(f"{number:4}  {took:4.1f} s  {_words(status)}{core}")
        finally:
            feeding.cancel()
    return statuses


async def _feed(broker: str) -> None:
    """Events all the time: one play after the other."""
    rules = load_config(CONFIG).rules()
    for number in count():
        play = await asyncio.to_thread(
            write_play,
            rules,
            seed=number,
            start=time.time_ns() // 1_000_000,
            seconds=_PLAY_S,
            rate=_RATE,
            first=number * _CUSTOMERS,
        )
        await feed(broker, EVENTS, play.deliveries)


def _stop_one(system: System, wait: float) -> int:
    """Start a worker, ask it to end after `wait`; its exit status."""
    system.start("worker")
    system.wait_ready("worker")
    time.sleep(wait)
    try:
        return system.terminate("worker", _STOP_S)
    except subprocess.TimeoutExpired:
        system.kill("worker")
        return -signal.SIGKILL


def _words(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return "did not end" if status == -signal.SIGKILL else signal.Signals(-status).name


if __name__ == "__main__":
    main()
