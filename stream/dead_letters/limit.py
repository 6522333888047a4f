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
        self._latest: deque[str | None] = deque(maxlen=WINDOW)
        """Why each of the latest records could not be read; None: it could."""
        self._unreadable = self._row = 0
        for offset in range(max(0, first - bounds.memory), first):
            reason = letters.get(offset)
            if reason is not None and offset >= began:
                self._begin_anew()
            self._count(reason if offset < began else None)
        self._has_letter = {offset for offset in letters if offset >= first}

    def take(self, records: Sequence[Placed], dead: Mapping[int, str]) -> Taken:
        """Count a batch, up to the record with which a bound is passed.

        `dead`: the reasons of those that cannot be read, by offset.
        """
        if not dead and not self._has_letter:
            for _ in range(min(len(records), WINDOW)):
                self._count(None)
            return Taken([], None)
        new: list[int] = []
        for record in records:
            offset = record.offset
            reason = dead.get(offset)
            has_letter = offset in self._has_letter
            if reason is None and has_letter:
                self._begin_anew()
            self._count(reason)
            self._has_letter.discard(offset)
            if reason is not None:
                if not has_letter:
                    new.append(offset)
                exceeded = self._look(offset)
                if exceeded is not None:
                    return Taken(new, exceeded)
        return Taken(new, None)

    def _begin_anew(self) -> None:
        """Another version reads now: nothing of before says anything of it."""
        self._latest.clear()
        self._unreadable = self._row = 0

    def _count(self, reason: str | None) -> None:
        latest = self._latest
        if len(latest) == WINDOW and latest[0] is not None:
            self._unreadable -= 1
        latest.append(reason)
        if reason is None:
            self._row = 0
        else:
            self._unreadable += 1
            self._row += 1

    def _look(self, offset: int) -> Exceeded | None:
        bounds = self._bounds
        records, unreadable = len(self._latest), self._unreadable
        if bounds.consecutive and self._row >= bounds.consecutive:
            records = unreadable = self._row
        elif records < AT_LEAST or unreadable <= bounds.ratio * records:
            return None
        seen = [reason for reason in self._latest if reason is not None][-unreadable:]
        reason, count = Counter(seen).most_common(1)[0]
        return Exceeded(offset, unreadable, records, reason, count / len(seen))
