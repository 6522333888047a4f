"""Who is waiting now: an index of running waits per partition, for the scrape.

The table holds bytes; decoding all of it at each scrape would block the stream.
This keeps, for each conversation that waits, just what the gauges need.
"""

from enum import StrEnum

from msgspec import Struct

from stream.sla.clock import Clock
from stream.sla.facts import Measure, Verdict
from stream.sla.policy import Rules
from stream.sla.state import Conversation, queue_of


class Band(StrEnum):
    """How a wait stands; `at_risk` begins at the first warning point."""

    OK = "ok"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    PAUSED = "paused"


class Wait(Struct, frozen=True, gc=False):
    """A clock that is not over. Instants in milliseconds.

    `risk_at` is its first warning, 0 once it was given. `breached` is a fact, not a
    guess: it shows once it was concluded.
    """

    measure: Measure
    started_at: int
    risk_at: int
    deadline: int
    breached: bool
    paused: bool


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
                _wait(clock)
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


def _wait(clock: Clock) -> Wait:
    is_due = clock.warned == 0 and clock.verdict is None
    return Wait(
        clock.measure,
        clock.started_at,
        (clock.due or clock.deadline) if is_due else 0,
        clock.deadline,
        clock.verdict is Verdict.BREACHED,
        clock.paused_at is not None,
    )
