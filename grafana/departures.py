"""The rows of the departures board: each queue once, most urgent first.

    value          row, and what is said there
    MARK           unknown: "partial" (some partitions have no worker), "stale"
    -lateness      late: "late 5 · 1 h 05", the worst first
    time left      at risk: "at risk 3 · 3 min"; else "13 min", "closed · 13 min"
    CLEAR          "clear": nobody waits

The worst word wins. A wait that is known stays a number when its source is silent: bad
news of a silent source is no less true. A muted queue keeps its place and what is said
of it: the word stands beside its name.
"""

from typing import Final

from grafana.expressions import (
    MUTED,
    QUEUES,
    SILENT,
    WAITING,
    customers,
    lateness,
    time_left,
    whole,
)
from grafana.words import MARK, SAYS, counted, said, spelled

CLEAR: Final = 1_000_000_000
"""Later than any deadline: nobody waits."""
MORE: Final = 2_000_000_000
"""After all queues: how many did not fit."""
ROWS: Final = 12
"""Rows that fit, at a size which five metres can read."""


def departures() -> str:
    """The most urgent queues: `row` and `says` are read, the value orders them."""
    known = _numbered(f"({_states()}) and on (queue) ({QUEUES})")
    rows = _named(whole(known, f"0 * ({QUEUES})"))
    more = counted(f"count({QUEUES}) - {ROWS} > 0", "row", "and $1 more", by="")
    return f"bottomk({ROWS}, {rows}) or ({said(f'{MORE} * {more}', 'less urgent')})"


def _numbered(rows: str) -> str:
    """`number`: " · 7" where seven customers wait; " · muted" in its place.

    Both do not fit beside the longest name.
    """
    muted = f'label_replace({MUTED}, "number", " · muted", "", "")'
    some = counted(f"{customers(WAITING)} > 0", "number", " · $1")
    nobody = f"0 * {customers(WAITING)} + 1"
    beside = f"{muted} or on (queue) {some} or on (queue) {nobody}"
    return f"({rows}) * on (queue) group_left (number) ({beside})"


def _named(rows: str) -> str:
    """`row`: the queue's name and its number, "sales · 7", or "sales · muted".

    A name longer than "partner-accounts" keeps its beginning and its end, a shorter
    part of both beside the longer word.
    """
    name = f'label_replace({rows}, "row", "$1", "queue", "(.+)")'
    cut = f'label_replace({name}, "row", "$1…$2", "queue", "(.{{8}}).{{2,}}(.{{7}})")'
    row = f'label_join({cut}, "row", "", "row", "number")'
    muted = '"row", "$1…$2 · muted", "row", "(.{6}).{2,}(.{6}) · muted"'
    row = f"label_replace({row}, {muted})"
    return f"sum by (queue, row, {SAYS}) ({row})"


def _states() -> str:
    return " or on (queue) ".join(
        f"({rows})" for rows in (_late(), _at_risk(), _running(), _stale(), _clear())
    )


def _late() -> str:
    return _counted_and_timed("breached", "late", f"-1 * {lateness()}", lateness())


def _at_risk() -> str:
    return _counted_and_timed("at_risk", "at risk", time_left(), time_left())


def _counted_and_timed(band: str, word: str, value: str, seconds: str) -> str:
    how_many = counted(f"{customers(band)} > 0", "customers", f"{word} $1 ·")
    both = (
        f"{value} * on (queue) group_left (customers) ({how_many})"
        f" * on (queue) group_left (time) {spelled(seconds, 'time')}"
    )
    return f'label_join({both}, "{SAYS}", " ", "customers", "time")'


def _running() -> str:
    """The time left; beside it why it may stand still, which at night most do."""
    left = (
        f"{time_left()} * on (queue) group_left ({SAYS}) {spelled(time_left(), SAYS)}"
    )
    closed = 'max by (queue) (replyclock_queue_open{queue=~"$queue"}) == 0'
    still = f"({left}) and on (queue) ({closed})"
    words = f'label_replace({still}, "{SAYS}", "closed · $1", "{SAYS}", "(.+)")'
    return f"{words} or on (queue) {left}"


def _stale() -> str:
    return said(f"0 * ({SILENT}) + {MARK}", "stale")


def _clear() -> str:
    return said(f"0 * {customers(WAITING)} + {CLEAR}", "clear")
