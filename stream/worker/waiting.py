"""Who is waiting now: an index of running waits per partition, for the scrape.

The table holds bytes; decoding all of it at each scrape would block the stream.
This keeps, for each conversation that waits, just what the gauges need.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class Kind:
    """What many waits have in common; one object for all of them.

    `calendar` is what they count by. `breached` is a fact, not a guess: it shows once
    it was concluded. `paused`: their clocks stand still; `resumed`: did, and go on.
    """

    measure: Measure
    place: tuple[str, str]
    calendar: Calendar
    breached: bool
    paused: bool
    resumed: bool


class Pauses(Struct, frozen=True, gc=False):
    """What a clock that was ever paused had counted when it last went on or stopped.

    Milliseconds of open time: of the wait, and of it after the deadline.
    """

    waited: int
    late: int


class Wait(Struct, frozen=True, gc=False):
    """A clock that is not over. Instants in milliseconds.

    `since`: it counts from here; what it had counted before is in `pauses`, None of
    most. `risk_at` is its first warning, 0 once it was given.
    """

    kind: Kind
    started_at: int
    since: int
    risk_at: int
    deadline: int
    pauses: Pauses | None = None


class Open(Struct, frozen=True, gc=False):
    """An open session and its waits, under the (channel, queue) it is counted by.

    `band` is the worst of its waits', None without any: of those that run `ok` until
    `risk_at`, the first of theirs.
    """

    place: tuple[str, str]
    opened_at: int
    waits: tuple[Wait, ...]
    band: Band | None = None
    risk_at: int = 0


class Waiting:
    """The open sessions of the partitions that this worker owns."""

    def __init__(self) -> None:
        self._partitions: dict[int, dict[bytes, Open]] = {}
        # One tuple for all sessions of a place: there may be a million.
        self._places: dict[tuple[str, str], tuple[str, str]] = {}
        self._kinds: dict[tuple[object, ...], Kind] = {}
        self._rules: Rules | None = None

    def put(
        self, partition: int, key: bytes, state: Conversation | None, rules: Rules
    ) -> None:
        """What is known of `key` from now on."""
        entries = self._partitions.setdefault(partition, {})
        last = None if state is None else state.last
        if state is None or last is None or not last.is_open:
            entries.pop(key, None)
            return
        if rules is not self._rules:
            # With calendars of their own: those of before last as long as their waits.
            self._rules, self._kinds = rules, {}
        place = (state.channel.value, queue_of(state, rules))
        place = self._places.setdefault(place, place)
        waits = tuple(
            [
                self._wait(clock, place, rules)
                for clock in last.clocks
                if clock.over_at is None and not clock.shadow
            ]
        )
        opened_at = last.opened_at
        if waits and waits[0].started_at == opened_at:
            opened_at = waits[0].started_at  # one object less to keep
        entries[key] = Open(place, opened_at, waits, *_worst(waits))

    def _wait(self, clock: Clock, place: tuple[str, str], rules: Rules) -> Wait:
        breached = clock.verdict is _BREACHED
        paused = clock.paused_at is not None
        resumed = not paused and clock.stretches != ()
        same = (
            clock.measure,
            place,
            clock.calendar,
            clock.policy_version,
            breached,
            paused,
            resumed,
        )
        kind = self._kinds.get(same)
        if kind is None:
            calendar = calendar_of(clock, rules)
            kind = Kind(clock.measure, place, calendar, breached, paused, resumed)
            self._kinds[same] = kind
        started_at, since = clock.started_at, clock.since
        is_due = clock.warned == 0 and clock.verdict is None
        return Wait(
            kind,
            started_at,
            started_at if since == started_at else since,  # one object less to keep
            (clock.due or clock.deadline) if is_due else 0,
            clock.deadline,
            _pauses(clock, kind) if paused or resumed else None,
        )

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


def _pauses(clock: Clock, kind: Kind) -> Pauses:
    until = clock.since if clock.paused_at is None else clock.paused_at
    return Pauses(
        counted(clock, until, kind.calendar),
        lateness(clock, until, kind.calendar) if kind.breached else 0,
    )


def _worst(waits: tuple[Wait, ...]) -> tuple[Band | None, int]:
    """The band of a session, and until when it is no worse one."""
    band, risk_at = None, 0
    for wait in waits:
        kind = wait.kind
        if kind.breached:
            return _WORST, 0
        if kind.paused:
            band = band or _PAUSED
        elif band is not _OK or wait.risk_at < risk_at:
            band, risk_at = _OK, wait.risk_at
    return band, risk_at


# Names of a module are found sooner than those of an enum: this is for each event.
_BREACHED = Verdict.BREACHED
_OK, _PAUSED, _WORST = Band.OK, Band.PAUSED, Band.BREACHED
