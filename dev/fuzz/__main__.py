"""`make fuzz`: BODIES=1000000 damaged bodies of each kind that is known, SEED=1."""

import json
import multiprocessing
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import click

from dev.fuzz.damage import damaged
from dev.fuzz.demands import check_body, check_row
from dev.places import REPOSITORY
from stream.channels.sources import SOURCES

OTHERS = REPOSITORY.parent / "shared" / "data" / "webhooks"
"""Bodies that others recorded; without them ours alone are damaged."""
_ROW = 25
_START = 1_790_000_000_000
_A_TURN = 5000


@click.command()
@click.option("--bodies", default=1_000_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option(
    "--others", default=OTHERS, show_default=True, type=click.Path(path_type=Path)
)
def main(*, bodies: int, seed: int, processes: int, others: Path) -> None:
    """Damage bodies and hold every demand against them; exit 1 with one that breaks.

    Example: python -m dev.fuzz --bodies 20000 --seed 7
    """
    seeds = read_seeds(others)
    kinds = ", ".join(f"{len(found)} of {source}" for source, found in seeds.items())
    click.echo(f"damaging {kinds}")
    turns = [(seeds, seed + n) for n in range(-(-bodies // _A_TURN))]
    began, told, failed = time.monotonic(), Counter[str](), False
    with multiprocessing.Pool(processes) as pool:
        for number, (counts, fault) in enumerate(pool.imap_unordered(_turn, turns), 1):
            told.update(counts)
            if fault:
                failed = True
                click.echo(f"\nBROKEN: {fault}", err=True)
            if number % 20 == 0:
                click.echo(
                    f"{number * _A_TURN:,} bodies, {time.monotonic() - began:.0f} s"
                )
    for what, count in sorted(told.items()):
        click.echo(f"{count:>12,} {what}")
    sys.exit(1 if failed else 0)


def read_seeds(others: Path) -> dict[str, list[Any]]:
    """Whole bodies by source: those that others recorded, and the simulator's."""
    seeds = {source: _made(source) for source in SOURCES}
    for source, found in seeds.items():
        for file in sorted((others / source).glob("*.json")):
            found.append(json.loads(file.read_bytes()))
    return seeds


def _made(source: str) -> list[Any]:
    from stream.config import load_config  # noqa: PLC0415  once a process
    from stream.simulator.characters import CAST  # noqa: PLC0415
    from stream.simulator.play import write_play  # noqa: PLC0415

    rules = load_config(REPOSITORY / "config" / "sla.yaml").rules()
    play = write_play(rules, seed=1, start=_START, seconds=30, rate=30, cast=CAST)
    return [each.body for each in play.deliveries if each.source == source][:100]


def _turn(given: tuple[dict[str, list[Any]], int]) -> tuple[Counter[str], str]:
    seeds, seed = given
    random, counts = Random(seed), Counter[str]()  # noqa: S311  trials, not secrets
    row, body = [], b""
    source = random.choice(list(seeds))
    try:
        for number in range(_A_TURN):
            body = damaged(seeds[source], random)
            parsed = check_body(source, body)
            counts["refused whole" if parsed is None else "read"] += 1
            if parsed is not None:
                counts["events"] += len(parsed.events)
                counts["parts ignored"] += sum(parsed.ignored.values())
                row.append(parsed)
            if number % _ROW == _ROW - 1:
                check_row(row)
                row.clear()
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        kind = type(error).__name__
        return counts, f"seed {seed}, {source}: {kind}: {error}\n{body[:2000]!r}"
    return counts, ""


if __name__ == "__main__":
    main()
