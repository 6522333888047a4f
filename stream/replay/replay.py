"""Replay: a file of events through the rules, the same bytes every time.

No Kafka, no network, no clock: time is the arrival of the events. What is due is
concluded `allowed_lateness` after its instant, before the next later arrival, just
as the worker does it (semantics 3.3).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from stream.records import UnreadableRecordError, decode_event
from stream.sla.conversation import apply, conclude, due_at
from stream.sla.deadlines import Deadlines
from stream.sla.events import Event, HeartbeatEvent
from stream.sla.facts import Fact
from stream.sla.joining import sent_on
from stream.sla.policy import Rules
from stream.sla.state import Conversation


class BadLineError(ValueError):
    """Line `number` (from 1) is no event; the text says why."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"{number}: {reason}")


Place = tuple[int, int, int, bytes]
"""Where in the order of conclusion a fact stands: before which line, or at it (1),
and when it was due in whose conversation."""


class Replay:
    """A run of the rules over events in arrival order.

    `owns`: whether this run has a conversation, where several share the work.
    """

    def __init__(
        self, rules: Rules, owns: Callable[[str], bool] = lambda _: True
    ) -> None:
        self._rules = rules
        self._owns = owns
        self._line = 0
        self.place: Place = (0, 0, 0, b"")
        """Of the fact that was yielded last."""
        self._states: dict[str, Conversation] = {}
        self._deadlines = Deadlines()
        self.now = 0
        """The latest arrival, in milliseconds."""
        self.began = 0
        """The first."""
        self.events = 0
        """How many were read."""

    @property
    def states(self) -> Mapping[str, Conversation]:
        """What is remembered of each conversation by now."""
        return self._states

    def lines(self, lines: Iterable[bytes]) -> Iterator[Fact | BadLineError]:
        """The facts of a JSON lines file, and its faults, each where it comes up."""
        for number, line in enumerate(lines, self._line + 1):
            if not line.strip():
                continue
            self._line = number
            try:
                event = decode_event(line)
            except UnreadableRecordError as error:
                self.place = (number, 1, 0, b"")
                yield BadLineError(number, error.quoting)
                continue
            self.events += 1
            # What arrives at one instant is there before anything is concluded.
            arrived = event.arrived
            if arrived > self.now:
                if self._is_due(arrived - 1):
                    yield from self._conclude(arrived - 1, number)
                self.began = self.began or arrived
                self.now = arrived
            if isinstance(event, HeartbeatEvent) or not self._owns(
                event.conversation_id
            ):
                continue
            going: Event | None = event
            while going is not None:
                facts, going = self._apply(going)
                if facts:
                    self.place = (number, 1, 0, b"")
                    yield from facts

    def _apply(self, event: Event) -> tuple[list[Fact], Event | None]:
        """The facts of an event, and what its conversation sends on."""
        key = event.conversation_id
        before = self._states.get(key)
        state, facts, _ = apply(key, before, event, self._rules, self.now)
        if state is not before:  # a receipt changes nothing
            self._keep(key, state)
        return facts, None if state.moved_to is None else sent_on(before, event)

    def run_until(self, now: int) -> Iterator[Fact]:
        """Conclude what can be concluded when the wall says `now` (ms)."""
        return self._conclude(now, self._line + 1)

    def _is_due(self, now: int) -> bool:
        due = self._deadlines.next()
        return due is not None and due <= now - self._rules.allowed_lateness

    def _conclude(self, now: int, line: int) -> Iterator[Fact]:
        arrived, self.now = self.now, max(self.now, now)
        lateness = self._rules.allowed_lateness
        while taken := self._deadlines.take(now - lateness, 1):
            due, raw = taken[0]
            key = raw.decode()
            # Nobody can notice before the news of it arrived.
            noticed = max(due + lateness, arrived)
            state, facts = conclude(key, self._states[key], due, self._rules, noticed)
            self._keep(key, state)
            self.place = (line, 0, due, raw)
            yield from facts

    def _keep(self, key: str, state: Conversation | None) -> None:
        if state is None:
            del self._states[key]
            self._deadlines.put(key.encode(), None)
        else:
            self._states[key] = state
            self._deadlines.put(key.encode(), due_at(state, self._rules))
