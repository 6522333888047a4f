"""Who is waiting now: an index of running waits per partition, for the scrape.

The table holds bytes; decoding all of it at each scrape would block the stream.
This keeps, for each conversation that waits, just what the gauges need.
"""

from enum import StrEnum

from msgspec import Struct

from stream.sla.clock import Clock, calendar_of, counted
from stream.sla.facts import Measure, Verdict
from stream.sla.hours import Calendar
from stream.sla.lateness import lateness
from stream.sla.policy import Rules
from stream.sla.state import Conversation, queue_of


class Band(StrEnum):
    """How a wait stands; `at_risk` begins at the first warning point."""

    OK = "ok"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    PAUSED = "paused"


class Pauses(Struct, frozen=True, gc=False):
    """What a clock that was ever paused had counted when it last went on or stopped.

    Milliseconds of open time: of the wait, and of it after the deadline.
    """

    waited: int
    late: int


class Wait(Struct, frozen=True, gc=False):
    """A clock that is not over. Instants in milliseconds.

    `since`: it counts from here; what it had counted before is in `pauses`, and None
    nearly always. `risk_at` is its first warning, 0 once it was given. `breached` is a
    fact, not a guess: it shows once it was concluded. `calendar`: what it counts by.
    """

    measure: Measure
    calendar: Calendar
    started_at: int
    since: int
    risk_at: int
    deadline: int
    breached: bool
    paused: bool
    pauses: Pauses | None = None


class Open(Struct, frozen=True, gc=False):
    """An open session and its waits, under the (channel, queue) it is counted by."""

    place: tuple[str, str]
    waits: tuple[Wait, ...]


class Waiting:
    """The open sessions of the partitions that this worker owns."""

    def __init__(self) -> None:
        self._partitions: dict[int, dict[bytes, Open]] = {}
        # One tuple for all sessions of a place: there may be a million.
        self._places: dict[tuple[str, str], tuple[str, str]] = {}

    def put(
        self, partition: int, key: bytes, state: Conversation | None, rules: Rules
    ) -> None:
        """What is known of `key` from now on."""
        entries = self._partitions.setdefault(partition, {})
        last = None if state is None else state.last
        if state is None or last is None or not last.is_open:
            entries.pop(key, None)
            return
        waits = tuple(
            [
                _wait(clock, rules)
                for clock in last.clocks
                if clock.over_at is None and not clock.shadow
            ]
        )
        place = (state.channel.value, queue_of(state, rules))
        entries[key] = Open(self._places.setdefault(place, place), waits)

    def drop(self, partition: int) -> None:
        """The partition is another worker's now; nothing of it stays behind."""
        self._partitions.pop(partition, None)

    def open_sessions(self, partitions: frozenset[int]) -> list[Open]:
        """Every open session of `partitions`."""
        return [
            entry
            for partition in partitions
            for entry in self._partitions.get(partition, {}).values()
        ]


def _wait(clock: Clock, rules: Rules) -> Wait:
    is_due = clock.warned == 0 and clock.verdict is None
    calendar = calendar_of(clock, rules)
    started_at, since = clock.started_at, clock.since
    return Wait(
        clock.measure,
        calendar,
        started_at,
        # The same object is kept once only.
        started_at if since == started_at else since,
        (clock.due or clock.deadline) if is_due else 0,
        clock.deadline,
        clock.verdict is Verdict.BREACHED,
        clock.paused_at is not None,
        _pauses(clock, calendar),
    )


def _pauses(clock: Clock, calendar: Calendar) -> Pauses | None:
    if clock.paused_at is None and not clock.stretches and not clock.folded:
        return None
    until = clock.since if clock.paused_at is None else clock.paused_at
    return Pauses(counted(clock, until, calendar), lateness(clock, until, calendar))
