"""What a backtest's page draws: bars of promises, and a map of the week."""

from collections.abc import Iterator, Sequence
from html import escape

from stream.backtest.difference import Difference, Sides
from stream.backtest.table import DAYS
from stream.sla.figures import Figures, Row

_BAR, _GAP, _LEFT, _NUMBERS, _WIDTH = 16, 18, 210, 730, 900


def bars(queues: Sides[Row], rows: Sequence[Row]) -> str:
    """A pair a row: then, and now below it; met, breached, cancelled."""
    pairs = [queues.of(row) for row in rows]
    most = max((_decided(figures) for pair in pairs for figures in pair), default=1)
    height = len(rows) * (2 * _BAR + _GAP) + 4
    parts = [f'<svg viewBox="0 0 {_WIDTH} {height}" role="img">']
    for number, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
        top = number * (2 * _BAR + _GAP)
        parts.append(f'<text x="0" y="{top + _BAR + 5}">{escape(_name(row))}</text>')
        for at, known in enumerate(pair):
            here = top + at * _BAR
            parts += _bar(known, here, most, is_then=at == 0)
            said = f"{known.breached:,} of {_decided(known):,} breached"
            parts.append(f'<text x="{_NUMBERS}" y="{here + _BAR - 5}">{said}</text>')
    return "\n".join([*parts, "</svg>"])


def _decided(known: Figures) -> int:
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
    return f"{row.queue}, {row.channel}: {row.measure}"


def hours_map(difference: Difference) -> str:
    """Breaches under the config that is tried, by weekday and hour."""
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
