"""Round targets: what people promise when they try a range (`--sweep 15m..2h`)."""

from stream.sla.instants import HOUR, MINUTE

_ROUND = (
    *[MINUTE * minutes for minutes in (1, 2, 3, 5, 10, 15, 20, 30, 45)],
    *[HOUR * hours for hours in (1, 1.5, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72)],
    *[24 * HOUR * days for days in (4, 5, 7, 10, 14, 21, 30)],
)


def round_targets(first: int, last: int) -> list[int]:
    """`first`, `last`, and the round numbers between them; milliseconds, ascending."""
    between = [int(target) for target in _ROUND if first < target < last]
    return sorted({first, *between, last})
