"""Which dead letters a command is about, as people type it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from stream.cli.instant import INSTANT
from stream.dead_letters.topic import Found

Place = tuple[int, int]
"""Partition and offset of a record in the events topic."""


class PlaceType(click.ParamType):
    """`PARTITION:OFFSET`, as `dead-letters list` prints it."""

    name = "PARTITION:OFFSET"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Place:
        partition, _, offset = str(value).partition(":")
        if not (partition.isdecimal() and offset.isdecimal()):
            self.fail(f"{value!r} is no place: write 0:117", param, ctx)
        return int(partition), int(offset)


@dataclass(frozen=True)
class Choice:
    """Letters written at `since` (milliseconds) or later, for a reason that has this.

    None: all of them.
    """

    since: int | None = None
    reason: str | None = None

    def holds(self, found: Found) -> bool:
        letter = found.letter
        return (self.since is None or letter.instant >= self.since) and (
            self.reason is None or self.reason.casefold() in letter.reason.casefold()
        )


def choice_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options `--since` and `--reason`."""
    since = click.option(
        "--since",
        type=INSTANT,
        help="Written then or later: 2026-11-23T09:00:00Z, or so long ago: 4h.",
    )
    reason = click.option("--reason", help="Only whose reason contains this text.")
    return since(reason(command))
