"""Whether chance explains that two numbers differ: how much they do, and z of it.

The size is the logarithm of how many times as much it is now (of odds, for shares).
None: there are too few to say anything. The rule as a whole is in changes.py.
"""

from collections.abc import Sequence
from math import ceil, copysign, floor, log, sqrt
from typing import NamedTuple, Self

from stream.figures.figure import Row
from stream.report.findings import SPREAD

_ENOUGH, _EXPECTED = 20, 5
_MEDIAN = 50
_STEP, _SURE = 0.05, 10.0
"""How finely z is looked for, and up to where."""

SizeAndZ = tuple[float, float]


def of_counts(now: float, before: float, ratio: float) -> SizeAndZ | None:
    both = now + before
    if both < _ENOUGH:
        return None
    due = ratio / (1 + ratio)
    z = (now - both * due) / sqrt(both * due * (1 - due))
    # Half a case on each side, so that none has a logarithm, too.
    return log((now + 0.5) / (before + 0.5) / ratio), z


def of_shares(now: float, n: int, before: float, m: int) -> tuple[float, float] | None:
    if not n or not m:
        return None
    pooled = (now * n + before * m) / (n + m)
    if min(n, m) * min(pooled, 1 - pooled) < _EXPECTED:
        return None
    z = (now - before) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return _odds(now, n) - _odds(before, m), z


def _odds(share: float, n: int) -> float:
    """Their logarithm; half a case on each side, as for counts."""
    return log((share * n + 0.5) / ((1 - share) * n + 0.5))


class Times(NamedTuple):
    """Of how many they are, and their percentiles from 1 to 99 (0 is none of them)."""

    n: int
    percentiles: Sequence[float]

    @classmethod
    def of(cls, row: Row, n: int) -> Self | None:
        spread = row.get(SPREAD)
        return (
            cls(n, [0, *spread]) if isinstance(spread, list) and n >= _ENOUGH else None
        )

    def between(self, deviations: float) -> tuple[float, float] | None:
        """Where its median is, so many deviations of its rank to both sides."""
        away = 100 * deviations / (2 * sqrt(self.n))
        low, high = floor(_MEDIAN - away), ceil(_MEDIAN + away)
        if low < 1:
            return None
        return self.percentiles[low], self.percentiles[high]


def of_medians(now: Times | None, before: Times | None) -> tuple[float, float] | None:
    if now is None or before is None:
        return None
    one, other = now.percentiles[_MEDIAN], before.percentiles[_MEDIAN]
    if one <= 0 or other <= 0:
        return None
    # Two stretches that do not meet are further apart than z of their difference.
    both = sqrt(1 / now.n + 1 / before.n) / (1 / sqrt(now.n) + 1 / sqrt(before.n))
    z = 0.0
    while z < _SURE and _apart(
        now.between((z + _STEP) * both), before.between((z + _STEP) * both)
    ):
        z += _STEP
    return log(one / other), copysign(z, one - other)


def _apart(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool:
    if one is None or other is None:
        return False
    return one[1] < other[0] or other[1] < one[0]
