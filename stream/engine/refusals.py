"""What a process says that does not begin: its place, the topic and the state differ.

`continuity.py` looks, and says what to do as `way_out`.
"""

from collections.abc import Collection, Iterable, Mapping

from faust.types import TP

from stream.engine.commits import CLOSED
from stream.engine.guard import EngineError
from stream.engine.landmark import Landmark

RUNBOOK = "docs/runbook.md, State that does not fit"


def check_given(
    events: str,
    partitions: Iterable[int],
    changelogs: Iterable[str],
    given: Collection[TP],
) -> None:
    """Raise unless each partition comes with its state.

    Faust shares out what Kafka showed, and leaves out a topic that was not shown.
    """
    partitions = sorted(partitions)
    for changelog in changelogs:
        lacking = [p for p in partitions if TP(changelog, p) not in given]
        if lacking:
            raise EngineError(
                f"Kafka did not show {changelog} {lacking}, the state of {events}:"
                f" starting again asks again; if that does not help: {RUNBOOK}"
            )


def check_open(events: str, committed: Mapping[int, int | None], way_out: str) -> None:
    """Raise while the commits are closed (`commits.py`)."""
    closed = sorted(p for p, offset in committed.items() if offset == CLOSED)
    if closed:
        raise EngineError(
            f"{events} {closed} is to be begun anew, and what was begun did not end: do"
            f" it again: {way_out}"
        )


def check_kept(
    events: str, changelog: str, forgotten: Collection[int], way_out: str
) -> None:
    """Raise when there are partitions whose state is gone."""
    if forgotten:
        raise EngineError(
            f"{changelog} {forgotten} is empty, and {events} was read before: who waits"
            f" is forgotten. Restore {changelog}, or have the events read again:"
            f" {way_out}"
        )


def check_ends(
    events: str, ends: Mapping[int, int], seen: Mapping[int, int], way_out: str
) -> None:
    """Raise when a topic ends before what was `seen` of it: it is not the same one."""
    back = sorted(p for p, offset in seen.items() if p in ends and offset > ends[p])
    if back:
        first = back[0]
        raise EngineError(
            f"{events} {back} goes back: {first} ends at {ends[first]} and was read up"
            f" to {seen[first]}, so new events would count as old. It was made anew,"
            f" restored or cut short: restore it whole, or begin anew with what it has:"
            f" {way_out}"
        )


def check_same(
    events: str,
    others: Collection[int],
    last: Mapping[int, Landmark],
    way_out: str,
) -> None:
    """Raise when there are partitions with another record than the `last` we know."""
    if others:
        first = min(others)
        raise EngineError(
            f"{events} {sorted(others)} is another one: at {last[first][0]} of {first}"
            " is not the record that was read, so new events would count as old. It was"
            " made anew, restored or cut short: restore it whole, or begin anew with"
            f" what it has: {way_out}"
        )
