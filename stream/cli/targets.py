"""Targets to try as people type them: `first_reply=5m..20m`, or with steps `:5m`."""

import re
from dataclasses import dataclass
from typing import Any

import click

from stream.backtest.round_targets import round_targets
from stream.config.durations import parse_duration
from stream.sla.facts import Measure

_WRITTEN = re.compile(r"(\w+)=([^.]+)\.\.([^/:]+)(?:[/:](.+))?")


@dataclass(frozen=True, slots=True)
class Targets:
    """Of one measure; in milliseconds, ascending, both ends included."""

    measure: Measure
    each: tuple[int, ...]


class TargetsType(click.ParamType):
    """Round numbers between two ends, or steps."""

    name = "TARGETS"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Targets:
        try:
            return _targets(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _targets(text: str) -> Targets:
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError("write first_reply=5m..60m or first_reply=5m..60m:5m")
    name, *ends, step = written.groups()
    if name not in [*Measure]:
        raise ValueError(f"no measure is called {name!r}: write {', '.join(Measure)}")
    first, last = (parse_duration(end) for end in ends)
    if last <= first:
        raise ValueError("the second target must be longer than the first")
    if step is None:
        return Targets(Measure(name), tuple(round_targets(first, last)))
    by = parse_duration(step)
    if by == 0:
        raise ValueError("a step must be longer than nothing")
    return Targets(Measure(name), (*range(first, last, by), last))


TARGETS = TargetsType()
