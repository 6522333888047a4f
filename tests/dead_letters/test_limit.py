"""The limit of dead letters against one that counts everything from the beginning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stream.dead_letters import limit as dead_letter_limit
from stream.dead_letters.limit import Bounds, DeadLetterLimit, Exceeded, Taken

WINDOW, AT_LEAST = 12, 4


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that random topics fill several times."""
    monkeypatch.setattr(dead_letter_limit, "WINDOW", WINDOW)
    monkeypatch.setattr(dead_letter_limit, "AT_LEAST", AT_LEAST)


@dataclass(frozen=True)
class Record:
    offset: int


def stop_of(dead: Sequence[bool], bounds: Bounds) -> int | None:
    """The oracle: the first record at which a bound is passed, from all before it."""
    for number, is_dead in enumerate(dead):
        before = dead[: number + 1]
        row = next((n for n, d in enumerate(reversed(before)) if not d), len(before))
        window = before[-WINDOW:]
        if not is_dead:
            continue
        if bounds.consecutive and row >= bounds.consecutive:
            return number
        if len(window) >= AT_LEAST and sum(window) > bounds.ratio * len(window):
            return number
    return None


class Partition:
    """One partition's records, and a worker that may die before it commits."""

    def __init__(self, dead: Sequence[bool], bounds: Bounds) -> None:
        self.dead = dead
        self.bounds = bounds
        self.letters: list[int] = []
        self.stopped: int | None = None
        self.start(0)

    def start(self, offset: int) -> None:
        """A worker takes over at what was committed."""
        self.began = self.next = offset
        self.limit: DeadLetterLimit | None = None

    def work(self, count: int) -> None:
        """Take so many records as one batch, as `DeadLetters` does."""
        batch = range(self.next, min(self.next + count, len(self.dead)))
        dead = {offset: "why" for offset in batch if self.dead[offset]}
        if self.limit is None:
            if not dead:
                self.next = batch.stop
                return
            known = dict.fromkeys(self.letters, "why")
            self.limit = DeadLetterLimit(
                self.bounds, known, began=self.began, first=batch.start
            )
        taken = self.limit.take([Record(offset) for offset in batch], dead)
        self.letters += taken.new
        if taken.exceeded is None:
            self.next = batch.stop
        else:
            self.stopped = taken.exceeded.offset

    def work_off(self, count: int) -> None:
        while self.stopped is None and self.next < len(self.dead):
            self.work(count)


# A batch of so many records, or (0 and less) a restart so many records back.
STEPS = st.lists(st.integers(-8, 9), max_size=25)
BOUNDS = st.builds(
    Bounds, st.sampled_from([0, 1, 3, 7, 15]), st.sampled_from([0.2, 0.5, 0.75, 1])
)
TOPICS = st.lists(
    st.tuples(st.booleans(), st.integers(1, 12)), min_size=1, max_size=12
).map(lambda runs: [dead for dead, length in runs for _ in range(length)])


@given(dead=TOPICS, bounds=BOUNDS, steps=STEPS)
def test_batches_and_restarts_change_nothing(dead, bounds, steps):
    """However it is cut, and whatever is read again, it stops at the same record.

    And every record up to that has exactly one letter.
    """
    partition = Partition(dead, bounds)
    for step in steps:
        if partition.stopped is not None:
            break
        if step > 0:
            partition.work(step)
        else:
            partition.start(max(0, partition.next + step))
    partition.work_off(5)

    stop = stop_of(dead, bounds)
    assert partition.stopped == stop
    end = len(dead) if stop is None else stop + 1
    assert sorted(partition.letters) == [n for n in range(end) if dead[n]]


@given(dead=TOPICS, bounds=BOUNDS, back=st.integers(0, 20), size=st.integers(1, 40))
def test_a_restart_after_the_stop_writes_nothing(dead, bounds, back, size):
    """The supervisor's restarts stop where the first worker did, without a letter."""
    stop = stop_of(dead, bounds)
    assume(stop is not None)
    partition = Partition(dead, bounds)
    partition.work_off(5)
    letters = list(partition.letters)

    partition.stopped = None
    partition.start(max(0, stop - back))
    partition.work_off(size)

    assert (partition.stopped, partition.letters) == (stop, letters)


def taken(bounds: Bounds, letters: dict[int, str], dead: dict[int, str]) -> Taken:
    """What comes of records 100 to 119 after letters that were written before."""
    limit = DeadLetterLimit(bounds, letters, began=100, first=100)
    return limit.take([Record(offset) for offset in range(100, 120)], dead)


def test_it_says_how_many_of_how_many_and_why():
    """The commonest reason and its part are told with the count of the bound."""
    dead = {100: "a", 102: "b", 103: "b", 104: "b"}

    row = taken(Bounds(3, 1), {}, dead)
    share = taken(Bounds(0, 0.25), {99: "a"}, dead)

    assert row.exceeded == Exceeded(104, 3, 3, "b", 1.0)
    assert share.exceeded == Exceeded(103, 4, 12, "a", 0.5)
    assert share.new == [100, 102, 103]


def test_a_version_that_can_read_more_begins_anew():
    """What has a letter and can be read ends the count of what was before."""
    letters = dict.fromkeys(range(90, 103), "old")
    dead = {104: "new"}

    assert taken(Bounds(0, 0.2), letters, dead).exceeded is None
    assert taken(Bounds(0, 0.2), {}, dead).exceeded is None
    still = dict.fromkeys(range(90, 100), "old")
    assert taken(Bounds(0, 0.2), still, {100: "new"}).exceeded is not None


def test_a_version_that_can_read_all_begins_anew_too():
    """Its first unreadable record comes later than the batch that had the letters."""
    letters = dict.fromkeys(range(90, 103), "old")
    limit = DeadLetterLimit(Bounds(0, 0.5), letters, began=100, first=104)

    records = [Record(offset) for offset in range(104, 112)]
    assert limit.take(records, {105: "new"}) == Taken([105], None)


def test_transactions_leave_holes_that_count_as_nothing():
    """Offsets without a record part no row in what this worker reads."""
    limit = DeadLetterLimit(Bounds(3, 1), {}, began=0, first=0)
    records = [Record(offset) for offset in (0, 2, 4, 6)]

    exceeded = limit.take(records, {2: "a", 4: "a", 6: "a"}).exceeded
    assert exceeded == Exceeded(6, 3, 3, "a", 1.0)


class Unseen(Sequence[Record]):
    """A batch whose records may be counted and not looked at."""

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: Any) -> Any:
        raise AssertionError("somebody looked")


def test_a_batch_that_can_be_read_is_not_looked_through():
    """Once what has a letter was read again, good records cost nothing each."""
    limit = DeadLetterLimit(Bounds(3, 1), {1: "a"}, began=0, first=0)
    limit.take([Record(0), Record(1)], {1: "a"})

    assert limit.take(Unseen(), {}) == Taken([], None)
    assert limit.take([Record(9)], {9: "a"}) == Taken([9], None)
