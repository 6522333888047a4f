"""The one writer: what a batch of events or of deadlines changed, made to last.

Always in this order, under the partition's lock (architecture 1):

    0 what moves on   1 facts acknowledged by Kafka
    2 state and changelog   3 metrics, heap, waits

A crash between any two repeats facts (same `fact_id`, dropped downstream) and never
loses one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stream.records import encode_fact
from stream.sla.conversation import due_at
from stream.sla.deadlines import Deadlines
from stream.sla.events import JoinedEvent
from stream.sla.facts import Fact
from stream.sla.memory import heard_at
from stream.sla.policy import Rules
from stream.sla.state import Conversation
from stream.worker.metrics import WorkerMetrics
from stream.worker.table import UNREAD, Stored, decode_state, encode_state
from stream.worker.waiting import Waiting

_AT_ONCE = 2000

Items = Iterable[tuple[bytes, bytes | None]]
Write = Callable[[int, Items], Awaitable[None]]


@dataclass(slots=True)
class Changes:
    """What a batch changed in one partition: last state a key, facts in order."""

    states: dict[bytes, tuple[int, Conversation | None]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    sent_on: list[JoinedEvent] = field(default_factory=list)
    """To the conversations that others turned out to be (ADR 14)."""

    def encoded(self) -> dict[bytes, bytes | None]:
        """The states as they are written."""
        return {
            key: None if state is None else encode_state(offset, state)
            for key, (offset, state) in self.states.items()
        }

    def leave_out(self, key: bytes) -> None:
        """Nothing changed of this conversation."""
        del self.states[key]
        conversation = key.decode()
        self.facts = [f for f in self.facts if f.conversation_id != conversation]


class Book:
    """The conversations of the partitions this worker owns, and their due instants."""

    def __init__(
        self,
        *,
        rules: Rules,
        read: Callable[[int, bytes], bytes | None],
        write_facts: Write,
        write_states: Write,
        send_on: Callable[[Sequence[JoinedEvent]], Awaitable[None]],
        metrics: WorkerMetrics,
        waiting: Waiting,
    ) -> None:
        self.rules = rules
        self._read = read
        self._write_facts = write_facts
        self._write_states = write_states
        self._send_on = send_on
        self._metrics = metrics
        self._waiting = waiting
        self._deadlines: dict[int, Deadlines] = {}
        self._locks: dict[int, asyncio.Lock] = {}

    def take(self, rules: Rules) -> None:
        """New rules from now on; clocks that run keep theirs (semantics 2.11)."""
        self.rules = rules.after(self.rules)

    def lock(self, partition: int) -> asyncio.Lock:
        """Held from reading a partition's states to having written them.

        A batch and a tick both wait for Kafka in between, and would otherwise
        overwrite each other's conclusions.
        """
        return self._locks.setdefault(partition, asyncio.Lock())

    def deadlines(self, partition: int) -> Deadlines:
        return self._deadlines.setdefault(partition, Deadlines())

    def read(self, partition: int, key: bytes) -> Stored | None:
        """What is stored of a conversation."""
        data = self._read(partition, key)
        return None if data is None else decode_state(data)

    async def write(
        self,
        partition: int,
        changes: Changes,
        encoded: Mapping[bytes, bytes | None] | None = None,
    ) -> None:
        """Facts, then states, then what is derived; returns when Kafka has both.

        What moves to another conversation goes before all: repeated it changes nothing.
        """
        if changes.sent_on:
            await self._send_on(changes.sent_on)
        if changes.facts:
            await self._write_facts(
                partition,
                [(f.conversation_id.encode(), encode_fact(f)) for f in changes.facts],
            )
        if changes.states:
            states = changes.encoded() if encoded is None else encoded
            await self._write_states(partition, states.items())
        self._metrics.record(changes.facts)
        for key, (_, state) in changes.states.items():
            self._index(partition, key, state)

    async def restore(
        self, partition: int, items: Iterable[tuple[bytes, bytes]]
    ) -> tuple[int, bytes] | None:
        """Rebuild what is derived from a partition's recovered states.

        Returns the last event that is in them, its offset and key; None without any.

        A million take seconds, so others get their turn in between: a probe that is
        not answered, and a loop that does not turn, would look dead.
        """
        self.drop(partition)
        ours = self.deadlines(partition)
        last: tuple[int, bytes] | None = None
        for number, (key, data) in enumerate(items):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
                if self._deadlines.get(partition) is not ours:
                    return last  # lost again meanwhile
            stored = decode_state(data)
            if stored.offset > (UNREAD if last is None else last[0]):
                last = (stored.offset, key)
            state = stored.conversation
            self._metrics.saw((state.channel.value, state.account), heard_at(state))
            self._index(partition, key, state)
        return last

    def drop(self, partition: int) -> None:
        """The partition is another worker's now."""
        self._deadlines.pop(partition, None)
        self._waiting.drop(partition)

    def _index(self, partition: int, key: bytes, state: Conversation | None) -> None:
        due = None if state is None else due_at(state, self.rules)
        self.deadlines(partition).put(key, due)
        self.place(partition, key, state)

    def place(self, partition: int, key: bytes, state: Conversation | None) -> None:
        """Count it under the queue whose work it is by today's rules."""
        self._waiting.put(partition, key, state, self.rules)
