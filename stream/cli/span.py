"""Of what time a report is, as people type it: a week, a month, a quarter, two ends."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import click

from stream.cli.instant import INSTANT, now
from stream.cli.week import LAST_WEEK, WEEK, Week, last_week
from stream.report.span import Span, midnight
from stream.sla.instants import from_ms

LAST = "last"
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


class DayOrInstantType(click.ParamType):
    """`2026-11-23`, its midnight in the zone of the rules file; or as `INSTANT`."""

    name = "WHEN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | int:
        if isinstance(value, date | int):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            return INSTANT.convert(value, param, ctx)


class MonthsType(click.ParamType):
    """The first day of a month (`2026-11`), or of a quarter (`2026-Q4`)."""

    def __init__(self, count: int) -> None:
        self.count, self.name = count, "MONTH" if count == 1 else "QUARTER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | str:
        if isinstance(value, date):
            return value
        if value == LAST:
            return LAST
        written, how = (_MONTH, "2026-11") if self.count == 1 else (_QUARTER, "2026-Q4")
        found = written.fullmatch(value)
        try:
            year, number = map(int, found.groups()) if found else (0, 0)
            return date(year, self.count * (number - 1) + 1, 1)
        except ValueError:
            self.fail(f"{value!r}: write {how}", param, ctx)


_OPTIONS = (
    click.option("--from", "begin", type=DayOrInstantType(), help="2026-11-23, or 7d."),
    click.option("--to", "end", type=DayOrInstantType(), help="Default: now."),
    click.option(
        "--week",
        type=WEEK,
        is_flag=False,
        flag_value=LAST_WEEK,
        help="2026-W48, or its first day; without a value, the last whole one.",
    ),
    click.option(
        "--month",
        type=MonthsType(1),
        is_flag=False,
        flag_value=LAST,
        help="2026-11, or the last whole one.",
    ),
    click.option(
        "--quarter",
        type=MonthsType(3),
        is_flag=False,
        flag_value=LAST,
        help="2026-Q4, or the last whole one.",
    ),
)


def span_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that `span_of` asks for."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def span_of(
    zone: str,
    *,
    begin: date | int | None,
    end: date | int | None,
    week: Week | None,
    month: date | str | None,
    quarter: date | str | None,
) -> Span:
    """Cut off at now. Raises `click.UsageError` unless it is exactly one."""
    is_between = begin is not None or end is not None
    given = [week is not None, month is not None, quarter is not None, is_between]
    if sum(given) != 1:
        raise click.UsageError(
            "say of which time: --week, --month, --quarter, or --from and --to"
        )
    this_instant = now()
    if is_between:
        if begin is None:
            raise click.UsageError("--to goes with --from")
        since = _instant(begin, zone)
        until = this_instant if end is None else _instant(end, zone)
        if until <= since:
            raise click.UsageError("--to is not after --from")
        span = Span.between(since, until, zone)
    elif week is not None:
        first = last_week(zone) if week == LAST_WEEK else week
        assert isinstance(first, date)
        span = Span.week(first, zone)
    else:
        count, asked = (1, month) if month is not None else (3, quarter)
        first = asked if isinstance(asked, date) else _last(count, zone)
        span = Span.months(first, count, zone)
    if span.now.begin >= this_instant:
        raise click.UsageError(f"{span.name} has not begun")
    return span.until(this_instant)


def _instant(said: date | int, zone: str) -> int:
    return said if isinstance(said, int) else midnight(said, zone)


def _last(count: int, zone: str) -> date:
    """The first day of the last whole month or quarter."""
    today = from_ms(now()).astimezone(ZoneInfo(zone))
    months = today.year * 12 + today.month - 1
    year, month = divmod((months // count - 1) * count, 12)
    return date(year, month + 1, 1)
