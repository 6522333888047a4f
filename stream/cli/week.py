"""A week as people type it, and the events of a company in it."""

import re
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import click

from stream.cli.group import raise_faults
from stream.cli.instant import now
from stream.company.file import load_profile
from stream.company.week import play_days
from stream.config import Config
from stream.config.faults import ConfigError
from stream.sla.events import Event
from stream.sla.instants import from_ms

LAST_WEEK: Literal["last"] = "last"

Week = date | Literal["last"]
"""Its first day, or the last whole one before now."""

_WRITTEN = re.compile(r"(\d{4})-W(\d\d)")
_YEARS = range(1972, 2199)
"""Of which there are opening hours, and events that can be written."""


class WeekType(click.ParamType):
    """`2026-W48` (ISO 8601), or the first of the days: `2026-11-23`."""

    name = "WEEK"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Week:
        if value == LAST_WEEK:
            return LAST_WEEK
        if isinstance(value, date):
            return value
        found = _WRITTEN.fullmatch(value)
        try:
            if found is None:
                first = date.fromisoformat(value)
            else:
                first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        except ValueError:
            how = "write a week, 2026-W48, or its first day, 2026-11-23"
            self.fail(f"{value!r}: {how}", param, ctx)
        if first.year not in _YEARS:
            self.fail(f"{value!r} is not from 1972 to 2198", param, ctx)
        return first


WEEK = WeekType()


def week_events(
    config: Config, week: Week, days: int, path: Path | None, seed: int
) -> list[Event]:
    """What a company's days are made of; says on stderr what it was. Exits with 1."""
    try:
        profile = load_profile(path, config)
    except ConfigError as error:
        raise_faults(error)
    zone = profile.timezone or config.timezone
    first = last_week(zone) if week == LAST_WEEK else week
    with click.progressbar(
        length=1, label="playing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def shown(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        events = play_days(
            profile, config, seed=seed, first=first, days=days, progress=shown
        )
    last = first + timedelta(days=days - 1)
    conversations = len({event.conversation_id for event in events})
    click.echo(
        f"{conversations:,} conversations, {len(events):,} events,"
        f" {first:%a %d %b %Y} to {last:%a %d %b %Y} ({zone}), seed {seed}",
        err=True,
    )
    return events


def last_week(zone: str) -> date:
    """The Monday of the last week that is over."""
    today = from_ms(now()).astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=today.weekday() + 7)
