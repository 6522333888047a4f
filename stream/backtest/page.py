"""A backtest as one page for a browser: nothing is loaded from anywhere."""

from collections.abc import Sequence
from html import escape

from stream.backtest.difference import COUNTS, Difference
from stream.backtest.drawings import bars, hours_map
from stream.backtest.legend import ends_otherwise, events, legend
from stream.backtest.sweep import Sweep
from stream.backtest.table import Line, percent, policy_lines, queue_lines
from stream.config.durations import say_duration
from stream.sla.figures import Figures

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --paper: #fff; --soft: #667085;
  --line: #e3e7ee; --met: #2e9e6b; --breached: #d64545; --cancelled: #a9b1bf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf3; --paper: #14181f;
  --soft: #98a2b3; --line: #2b323d; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin-top: 2.5rem; }
p { color: var(--soft); margin-top: .25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .4rem .6rem; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); }
.rows :is(th, td):nth-child(-n+3), .swept :is(th, td):first-child { text-align: left; }
dl { display: grid; grid-template-columns: max-content auto; gap: .25rem 1rem;
  color: var(--soft); } dt { font-weight: 600; } dd { margin: 0; }
.level { width: 50%; } .level i { display: block; height: .9rem;
  background: var(--met); }
.better { color: var(--met); } .worse { color: var(--breached); }
svg { width: 100%; height: auto; } text { fill: var(--soft); font-size: 12px; }
.met { fill: var(--met); } .breached { fill: var(--breached); }
.cancelled { fill: var(--cancelled); } .then { opacity: .45; }
"""

MOST_BARS = 10
"""Rows drawn; the table has all of them."""


def page(
    difference: Difference,
    sweeps: Sequence[Sweep],
    config: str,
    tried: str | None,
    zone: str,
) -> str:
    """HTML; `config` and `tried` name the two files, `zone` that of the hours.

    `tried` is None where nothing is compared and targets are swept only.
    """
    title = config if tried is None else f"{tried} instead of {config}"
    parts = [_swept(sweep) for sweep in sweeps]
    if tried is not None:
        compared = _compared(difference, config, tried)
        parts = [compared, *parts, _hours(difference, tried, zone)]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Backtest: {escape(title)}</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>
<h1>{escape(title)}</h1>
<p>{escape(events(difference, zone))}; replayed, nothing was sent.</p>
{"".join(parts)}
</body></html>
"""


def _compared(difference: Difference, config: str, tried: str) -> str:
    queues = difference.queues
    rows = queues.rows
    rest = len(rows) - MOST_BARS
    more = f" The {rest} others are in the table." if rest > 0 else ""
    meanings = "".join(
        f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>"
        for word, meaning in legend(difference)
    )
    return f"""
<p>{ends_otherwise(difference)}.</p>
<h2>By queue</h2>
<p>The upper bar of each pair is {escape(config)}, the lower {escape(tried)}; what
changes first, then what breaks most.{more}</p>
{bars(queues, rows[:MOST_BARS])}
{_table(("queue", "channel", "measure"), queue_lines(difference))}
<h2>By policy</h2>
{_table(("policy", "", "measure"), policy_lines(difference))}
<dl>{meanings}</dl>
"""


def _table(names: Sequence[str], lines: Sequence[Line]) -> str:
    head = "".join(f"<th>{name}</th>" for name in (*names, *COUNTS, "service level"))
    rows = "".join(_row(*line) for line in lines)
    return f'<table class="rows"><tr>{head}</tr>{rows}</table>'


def _row(labels: Sequence[str], then: Figures, now: Figures) -> str:
    levels = [percent(then), percent(now)]
    cells = [
        *[f"<td>{escape(label)}</td>" for label in labels],
        _cell(then.met, now.met, good=1),
        _cell(then.breached, now.breached, good=-1),
        _cell(then.cancelled, now.cancelled, good=0),
        _cell(then.alerts, now.alerts, good=-1),
        f"<td>{' → '.join(dict.fromkeys(levels))}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(then: int, now: int, *, good: int) -> str:
    change = now - then
    if not change:
        return f"<td>{now:,}</td>"
    kind = "better" if change * good > 0 else "worse" if change * good < 0 else ""
    return f'<td>{then:,} → {now:,} <span class="{kind}">{change:+,}</span></td>'


def _swept(sweep: Sweep) -> str:
    rows = [
        f"<tr><td>{say_duration(target)}</td><td>{percent(known)}</td>"
        f"<td>{known.met:,}</td><td>{known.breached:,}</td>"
        f'<td class="level"><i style="width:{(known.service_level or 0):.1%}"></i></td>'
        "</tr>"
        for target, known in sweep.levels.items()
    ]
    return f"""
<h2>{sweep.measure} of {escape(str(sweep.part))}, by target</h2>
<table class="swept"><tr><th>target</th><th>service level</th><th>met</th>
<th>breached</th><th></th></tr>{"".join(rows)}</table>
"""


def _hours(difference: Difference, tried: str, zone: str) -> str:
    return f"""
<h2>The hours that hurt</h2>
<p>Breaches by weekday and hour of the deadline, {escape(zone)} time, under
{escape(tried)}.</p>
{hours_map(difference)}
"""
