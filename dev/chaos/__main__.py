"""`make chaos`: seeded trials, one line each; what broke, with its schedule."""

import asyncio
import logging
import signal
import sys
import tempfile
import time
from pathlib import Path

import click

from dev.chaos.schedule import draw
from dev.chaos.trial import run_trial
from dev.chaos.weakened import MENDS
from dev.system import REPLYCLOCK


@click.command()
@click.option("--trials", default=10, show_default=True, help="How many.")
@click.option("--seed", default=1, show_default=True, help="Of the first trial.")
@click.option("--length", default=30, show_default=True, help="Seconds of events.")
@click.option("--faults", default=5, show_default=True, help="In each trial.")
@click.option("--short", is_flag=True, help="The same as --length 14 --faults 3.")
@click.option(
    "--without",
    type=click.Choice(sorted(MENDS)),
    help="Switch one mend of the product off: then it must fail.",
)
def main(
    *,
    trials: int,
    seed: int,
    length: int,
    faults: int,
    short: bool,
    without: str | None,
) -> None:
    """Kill, freeze and restart everything while events arrive, and ask the oracle.

    Example: python -m dev.chaos --trials 50 --seed 1
    """
    # A shell's background job is born with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A broker that is down is the point: its clients need not say so each time.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    program = ("-m", "dev.chaos.weakened", without) if without else REPLYCLOCK
    if short:
        length, faults = 14, 3
    failed = 0
    for number in range(seed, seed + trials):
        schedule = draw(number, length=length, faults=faults)
        folder = Path(tempfile.mkdtemp(prefix=f"chaos-{number}-"))
        began = time.monotonic()
        try:
            found = asyncio.run(run_trial(schedule, folder, program=program))
        except Exception as error:  # noqa: BLE001  the others are played all the same
            found = [f"the trial did not come to its end: {error!r}"]
        took = time.monotonic() - began
        done = ", ".join(str(action.fault) for action in schedule.actions)
        mark = "FAILED" if found else "green "
        click.echo(f"{mark} seed {number:<4} {took:4.0f} s  {done}")
        if found:
            failed += 1
            click.echo(str(schedule))
            for fault in found[:10]:
                click.echo(f"  broken: {fault}")
            click.echo(f"  logs in {folder}")
    click.echo(f"{trials - failed} of {trials} trials green")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
