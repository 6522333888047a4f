"""A series with the rhythm of a day, as lines of OpenMetrics."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, product
from typing import Final

DAY: Final = 86_400

Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Series:
    """One series, and how it goes; `share` is its part of what happens in its queue."""

    name: str
    labels: Labels
    share: float
    counter: bool = True

    def over(self, day: "Day") -> str:
        """A day of it, as lines of OpenMetrics."""
        labels = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        start = f"{self.name}{{{labels}}} "
        return start + start.join(day.samples(self.share, counter=self.counter))


class Day:
    """The samples of a day, alike in all series of one share.

    Args:
        start: Unix seconds.
        step: seconds from one sample to the next.
    """

    def __init__(self, start: int, step: int) -> None:
        self._times = range(start, start + DAY, step)
        self._rates = [_busy((time - start) / DAY) for time in self._times]
        total = sum(self._rates)
        self._done = [done / total for done in accumulate(self._rates)]
        self._before = start // DAY
        self._known: dict[tuple[float, bool], list[str]] = {}

    @property
    def length(self) -> int:
        """How many samples each series has."""
        return len(self._times)

    def samples(self, share: float, *, counter: bool) -> list[str]:
        """Value, time and the end of the line."""
        known = self._known.get((share, counter))
        if known is None:
            most, before, rises = (
                (1_000, self._before, self._done) if counter else (60, 0, self._rates)
            )
            known = [
                f"{round(most * share * (before + rise))} {time}\n"
                for rise, time in zip(rises, self._times, strict=True)
            ]
            self._known[share, counter] = known
        return known


def _busy(part_of_day: float) -> float:
    """How much happens then: nothing at midnight, most at noon."""
    return math.sin(math.pi * part_of_day) ** 2


def plain(
    name: str, labels: list[Labels], share: float = 1, *, counter: bool = True
) -> Iterator[Series]:
    """One for each of `labels`."""
    return (Series(name, of, share, counter) for of in labels)


def each(
    name: str,
    labels: list[Labels],
    label: str,
    shares: dict[str, float],
    *,
    counter: bool = True,
) -> Iterator[Series]:
    """One for each of `labels` and each value of one label more, by its share."""
    for of, (value, share) in product(labels, shares.items()):
        yield Series(name, {**of, label: value}, share, counter)


def histogram(
    name: str, labels: list[Labels], bounds: tuple[float, ...], share: float = 1
) -> Iterator[Series]:
    """Its buckets, at these upper bounds."""
    return each(f"{name}_bucket", labels, "le", buckets(bounds, share))


def buckets(bounds: tuple[float, ...], share: float = 1) -> dict[str, float]:
    """Their share, by `le`: of each as many."""
    upper = [*(str(float(bound)) for bound in bounds), "+Inf"]
    return {le: share * (n + 1) / len(upper) for n, le in enumerate(upper)}
