"""A backtest as one page for a browser: nothing is loaded from anywhere."""

from collections.abc import Iterator, Sequence
from html import escape

from stream.backtest.run import Difference
from stream.backtest.table import DAYS
from stream.sla.figures import Figures, Row

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --paper: #fff; --soft: #667085;
  --line: #e3e7ee; --met: #2e9e6b; --breached: #d64545; --cancelled: #a9b1bf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf3; --paper: #14181f;
  --soft: #98a2b3; --line: #2b323d; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin-top: 2.5rem; }
p { color: var(--soft); margin-top: .25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .4rem .6rem; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); } th:nth-child(-n+2), td:nth-child(-n+2) {
  text-align: left; }
.better { color: var(--met); } .worse { color: var(--breached); }
svg { width: 100%; height: auto; } text { fill: var(--soft); font-size: 12px; }
.met { fill: var(--met); } .breached { fill: var(--breached); }
.cancelled { fill: var(--cancelled); } .then { opacity: .45; }
"""

_BAR, _GAP, _LEFT, _NUMBERS, _WIDTH = 16, 18, 210, 730, 900


MOST_BARS = 10
"""Rows drawn, those that hurt first; the table has all of them."""


def page(difference: Difference, then: str, now: str, events: int, zone: str) -> str:
    """HTML; `then` and `now` name the two configs, `zone` that of the hours."""
    rows = by_hurt(difference)
    rest = len(rows) - MOST_BARS
    more = f" The {rest} others are in the table." if rest > 0 else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Backtest</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>
<h1>{escape(now)} instead of {escape(then)}</h1>
<p>{events:,} events replayed under both; nothing was sent. {len(difference.flips):,}
waits end otherwise.</p>
<h2>Met, breached, cancelled</h2>
<p>The upper bar of each pair is {escape(then)}, the lower {escape(now)}; most broken
promises first.{more}</p>
{_bars(difference, rows[:MOST_BARS])}
{_table(difference, rows)}
<h2>The hours that hurt</h2>
<p>Breaches by weekday and hour of the deadline, {escape(zone)} time, under
{escape(now)}.</p>
{_hours(difference)}
</body></html>
"""


def by_hurt(difference: Difference) -> list[Row]:
    """Rows by broken promises, now and then: what hurts is on top."""

    def breached(figures: Figures | None) -> int:
        return 0 if figures is None else figures.breached

    return sorted(
        difference.rows,
        key=lambda row: (
            -breached(difference.now.get(row)),
            -breached(difference.then.get(row)),
            row,
        ),
    )


def _bars(difference: Difference, rows: Sequence[Row]) -> str:
    pairs = [(difference.then.get(row), difference.now.get(row)) for row in rows]
    most = max((_decided(figures) for pair in pairs for figures in pair), default=1)
    height = len(rows) * (2 * _BAR + _GAP) + 4
    parts = [f'<svg viewBox="0 0 {_WIDTH} {height}" role="img">']
    for number, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
        top = number * (2 * _BAR + _GAP)
        parts.append(f'<text x="0" y="{top + _BAR + 5}">{escape(_name(row))}</text>')
        for at, figures in enumerate(pair):
            known, here = figures or Figures(), top + at * _BAR
            parts += _bar(known, here, most, is_then=at == 0)
            said = f"{known.breached:,} of {_decided(known):,} breached"
            parts.append(f'<text x="{_NUMBERS}" y="{here + _BAR - 5}">{said}</text>')
    return "\n".join([*parts, "</svg>"])


def _decided(figures: Figures | None) -> int:
    known = figures or Figures()
    return max(1, known.met + known.breached + known.cancelled)


def _bar(figures: Figures, top: int, most: int, *, is_then: bool) -> Iterator[str]:
    left = float(_LEFT)
    for name in ("met", "breached", "cancelled"):
        count = getattr(figures, name)
        width = (_NUMBERS - 10 - _LEFT) * count / most
        shade = f"{name} then" if is_then else name
        yield (
            f'<rect class="{shade}" x="{left:.1f}" y="{top}" width="{width:.1f}"'
            f' height="{_BAR - 2}"><title>{count:,} {name}</title></rect>'
        )
        left += width


def _name(row: Row) -> str:
    channel, queue, measure = row
    return f"{queue}, {channel.value}: {measure.value.replace('_', ' ')}"


def _table(difference: Difference, rows: Sequence[Row]) -> str:
    head = "<tr><th>queue</th><th>measure</th><th>met</th><th>breached</th>"
    head += "<th>cancelled</th><th>alerts</th><th>service level</th></tr>"
    return f"<table>{head}{''.join(_rows(difference, rows))}</table>"


def _rows(difference: Difference, rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        channel, queue, measure = row
        then = difference.then.get(row, Figures())
        now = difference.now.get(row, Figures())
        cells = [
            f"<td>{escape(queue)}, {channel.value}</td>",
            f"<td>{measure.value.replace('_', ' ')}</td>",
            _cell(then.met, now.met, good=1),
            _cell(then.breached, now.breached, good=-1),
            _cell(then.cancelled, now.cancelled, good=0),
            _cell(then.alerts, now.alerts, good=-1),
            f"<td>{_percent(then)} → {_percent(now)}</td>",
        ]
        yield f"<tr>{''.join(cells)}</tr>"


def _cell(then: int, now: int, *, good: int) -> str:
    change = now - then
    if not change:
        return f"<td>{now:,}</td>"
    kind = "better" if change * good > 0 else "worse" if change * good < 0 else ""
    return f'<td>{then:,} → {now:,} <span class="{kind}">{change:+,}</span></td>'


def _percent(figures: Figures) -> str:
    level = figures.service_level
    return "-" if level is None else f"{level:.1%}"


def _hours(difference: Difference) -> str:
    most = max(difference.hours_now.values(), default=1)
    size, left, top = 32, 44, 18
    parts = [f'<svg viewBox="0 0 {left + 24 * size} {top + 7 * size}" role="img">']
    parts += [
        f'<text x="{left + hour * size + 8}" y="12">{hour:02}</text>'
        for hour in range(0, 24, 3)
    ]
    for day, name in enumerate(DAYS):
        y = top + day * size
        parts.append(f'<text x="0" y="{y + 20}">{name}</text>')
        for hour in range(24):
            count = difference.hours_now[day, hour]
            parts.append(
                f'<rect class="breached" x="{left + hour * size}" y="{y}"'
                f' width="{size - 3}" height="{size - 3}" rx="4"'
                f' opacity="{0.06 + 0.94 * count / most:.2f}">'
                f"<title>{name} {hour:02}:00: {count:,} breached</title></rect>"
            )
    return "\n".join([*parts, "</svg>"])
