"""An instant as people type it."""

import time
from typing import Any

import click

from stream.config.durations import parse_duration
from stream.sla.instants import parse_rfc3339


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class InstantType(click.ParamType):
    """`2026-11-23T09:00:00Z`, or so long ago: `4h`, `7d`; in milliseconds."""

    name = "WHEN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        try:
            return now() - parse_duration(value)
        except ValueError:
            try:
                return parse_rfc3339(value)
            except ValueError:
                how = f"{value!r}: write 2026-11-23T09:00:00Z, or how long ago: 4h, 7d"
                self.fail(how, param, ctx)


INSTANT = InstantType()
