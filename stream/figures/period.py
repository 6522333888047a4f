"""A stretch of time that figures are of."""

from typing import NamedTuple, Self


class Period(NamedTuple):
    """From `begin` up to, and not with, `end`: milliseconds since the epoch."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin

    def before(self) -> Self:
        """The one of the same length that ends where this one begins."""
        return self._replace(begin=self.begin - self.length, end=self.begin)
