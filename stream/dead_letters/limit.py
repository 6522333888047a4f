"""When unreadable records are not a few bad ones: stop, do not drain the topic.

A source that changed its format, or a worker that is older than its producers, makes
every record unreadable. Each would become a dead letter, be committed, and be lost to
the clocks. So the worker stops at the record with which, in one partition,

    `consecutive` records in a row, or
    more than `ratio` of the last `WINDOW` records (once there are `AT_LEAST`)

could not be read. Letters up to that record are written; its batch is not committed.

A supervisor starts the worker again, and the same records come again. With a count
from zero each start would put another thousand records into the bin. So the count
begins with the letters that are in the dead letters' topic: those before the first
record count as if this worker had read them, and what has a letter gets no second one.
The worker then stops at the same record, and writes nothing.

    0                first
    ──●──●──●●●●●●●●●┊●●●●●●●●◀ stopped here ──▶ offsets     ● has a letter
       count as read ┊ come again: counted, no second letter

Once a record that has a letter can be read, whoever reads is another version: the
count begins anew, and the worker goes on. Or with higher bounds (the settings).

Offsets without a record (transactions) count as readable in what was before `first`
only: there a restart may write up to `consecutive` letters more. A new events topic
under an old dead letters' topic inherits its letters: delete both.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

WINDOW = 2000
"""Records that the ratio looks back on."""
AT_LEAST = 200
"""Records before which a ratio says nothing."""


class Placed(Protocol):
    """A record, of which only the place matters."""

    @property
    def offset(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where it ends. `consecutive` 0 and `ratio` 1 never stop anything."""

    consecutive: int = 1000
    ratio: float = 0.5

    @property
    def memory(self) -> int:
        """How many of the latest letters a count can depend on."""
        return max(WINDOW, self.consecutive)


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Why to stop: `unreadable` of the last `records`, up to the one at `offset`."""

    offset: int
    unreadable: int
    records: int
    reason: str
    """The commonest."""
    share: float
    """The part of the unreadable ones that had this reason."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: offsets that need a letter, and whether to stop."""

    new: Sequence[int]
    exceeded: Exceeded | None


class DeadLetterLimit:
    """The count of one partition; cutting its records into batches changes nothing."""

    def __init__(
        self, bounds: Bounds, letters: Mapping[int, str], *, began: int, first: int
    ) -> None:
        """`letters`: reasons by offset, of those written before.

        This worker's first record was at `began`; the first to be counted comes at
        `first`, and those between could all be read.
        """
        self._bounds = bounds
        # Records are numbered from the first that comes; those before are negative.
        self._next = 0
        self._start = -first
        self._dead: deque[tuple[int, str]] = deque()
        self._row = 0
        self._has_letter = {offset for offset in letters if offset >= first}
        for offset in sorted(letters):
            if offset < began:
                self._count(offset - first, letters[offset])
            elif offset < first:
                self._begin_anew(offset - first)

    def take(self, records: Sequence[Placed], dead: Mapping[int, str]) -> Taken:
        """Count a batch, up to the record with which a bound is passed.

        `dead`: the reasons of those that cannot be read, by offset.
        """
        new: list[int] = []
        if dead or self._has_letter:
            for number, record in enumerate(records, self._next):
                offset = record.offset
                reason = dead.get(offset)
                if reason is not None:
                    if offset not in self._has_letter:
                        new.append(offset)
                    self._count(number, reason)
                    exceeded = self._look(number, offset)
                    if exceeded is not None:
                        return Taken(new, exceeded)
                elif offset in self._has_letter:
                    self._begin_anew(number)
                self._has_letter.discard(offset)
        self._next += len(records)
        return Taken(new, None)

    def _begin_anew(self, number: int) -> None:
        self._dead.clear()
        self._start = number

    def _count(self, number: int, reason: str) -> None:
        follows = bool(self._dead) and self._dead[-1][0] == number - 1
        self._row = self._row + 1 if follows else 1
        self._dead.append((number, reason))
        while self._dead[0][0] <= number - WINDOW:
            self._dead.popleft()  # a row is a number: it needs no records

    def _look(self, number: int, offset: int) -> Exceeded | None:
        bounds = self._bounds
        records = min(WINDOW, number - self._start + 1)
        unreadable = len(self._dead)
        if bounds.consecutive and self._row >= bounds.consecutive:
            unreadable = records = self._row
        elif records < AT_LEAST or unreadable <= bounds.ratio * records:
            return None
        seen = [reason for _, reason in self._dead][-unreadable:]
        reason, count = Counter(seen).most_common(1)[0]
        return Exceeded(offset, unreadable, records, reason, count / len(seen))
