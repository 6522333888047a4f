"""How a number of a figure reads to people; plain values are for CSV and JSON."""

from collections.abc import Callable

from stream.figures.figure import Column, Unit, Value

NOT_KNOWN = "not known"
UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
"""Of time, by their seconds."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GROWTH = {"change", "growth"}
"""Columns that are themselves against the period before: 0.25 is a quarter more."""
_MANY = 10
"""Times as much: from here on nobody thinks in percent."""
_BOTH_BELOW = 10
"""9 min 30 s, but 12 min: a smaller unit says something only beside few."""


def said(column: Column, value: Value) -> str:
    """With its unit: `9 min 30 s`, `81.4%`, `1,204`."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, str):
        return value
    if column.name in GROWTH:
        return f"{value:+.0%}"
    return _WRITTEN[column.unit](value)


def change(column: Column, now: Value, before: Value) -> str:
    """`+12%`, `17x`; shares in points (of 100), scores as they are; empty: unknown."""
    if not (isinstance(now, int | float) and isinstance(before, int | float)):
        return ""
    if column.unit is Unit.SHARE:
        return f"{100 * (now - before):+.1f} points"
    if column.unit is Unit.SCORE:
        return f"{now - before:+.2f}"
    if not before:
        return ""
    times = now / before
    return f"{times:.0f}×" if times >= _MANY else f"{times - 1:+.0%}"  # noqa: RUF001


def seconds(value: float) -> str:
    """`45 s`, `9 min 30 s`, `12 min`, `1 d 4 h`."""
    whole = round(value)
    for number, (unit, length) in enumerate(UNITS):
        if whole < length:
            continue
        is_small = whole < _BOTH_BELOW * length and length > 1
        smaller, small = UNITS[number + 1] if is_small else ("", length)
        rounded = round(whole / small) * small
        if rounded != whole:
            return seconds(rounded)  # 59 min 59 s are an hour
        count, rest = divmod(whole, length)
        return (
            f"{count} {unit} {rest // small} {smaller}" if rest else f"{count} {unit}"
        )
    return "0 s"


def _hour(value: float) -> str:
    """A name that is a number is an hour of the week."""
    day, hour = divmod(int(value), 24)
    return f"{DAYS[day]} {hour:02}:00"


def _count(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


_WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.COUNT: _count,
    Unit.SECONDS: seconds,
    Unit.SHARE: "{:.1%}".format,
    Unit.SCORE: "{:.2f}".format,
    Unit.RATIO: "{:.2f}".format,
    Unit.AMOUNT: "{:,.2f}".format,
    Unit.FLAG: lambda value: "yes" if value else "no",
    Unit.NAME: _hour,
}
