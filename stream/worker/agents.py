"""The agent: a batch of one partition's events through the rules.

Decode, skip what was seen, apply, write. What cannot be read goes to the dead
letters with its place and the reason, and the rest of the batch goes on.
"""

from collections.abc import Callable, Sequence

from stream.dead_letters.letters import Dead, DeadLetters
from stream.records import Record, UnreadableRecordError, decode_event
from stream.sla.conversation import DUPLICATE, TOO_LATE, apply
from stream.sla.events import Event, HeartbeatEvent
from stream.sla.state import Conversation
from stream.worker.book import Book, Changes
from stream.worker.metrics import WorkerMetrics
from stream.worker.tally import Tally


class Tracker:
    """Takes partition batches; `now` gives wall time in milliseconds."""

    def __init__(
        self,
        book: Book,
        metrics: WorkerMetrics,
        dead_letters: DeadLetters,
        now: Callable[[], int],
    ) -> None:
        self._book = book
        self._metrics = metrics
        self._dead_letters = dead_letters
        self._now = now

    async def track(self, partition: int, records: Sequence[Record]) -> None:
        """Apply a batch; the offsets are safe to commit when this returns.

        Raises `DeadLetterLimitError`, with nothing of the batch applied.
        """
        async with self._book.lock(partition):
            await self._track(partition, records)

    async def _track(self, partition: int, records: Sequence[Record]) -> None:
        now = self._now()
        changes = Changes()
        tally = Tally(now, self._book.rules.allowed_lateness)
        events: list[Event] = []
        dead: list[Dead] = []
        for record in records:
            try:
                event = _read(record, tally)
            except UnreadableRecordError as error:
                dead.append((record, str(error)))
                continue
            events.append(event)
            if not isinstance(event, HeartbeatEvent):
                self._apply(partition, record, event, changes, tally, now)
        await self._dead_letters.take(partition, records, dead, now)
        await self._book.write(partition, changes)
        tally.add_to(self._metrics, events)

    def _apply(  # noqa: PLR0917  the hot path: keywords cost
        self,
        partition: int,
        record: Record,
        event: Event,
        changes: Changes,
        tally: Tally,
        now: int,
    ) -> None:
        key = record.key
        state: Conversation | None
        if key in changes.states:
            state = changes.states[key][1]
        else:
            stored = self._book.read(partition, key)
            # Saves the work only, and only while the topic is the same one
            # (`epoch.py`): what a state holds is a repeat by its id anyway.
            if stored is not None and record.offset <= stored.offset:
                tally.duplicate(event)
                return
            state = None if stored is None else stored.conversation
        after, facts, applied = apply(
            event.conversation_id, state, event, self._book.rules, now
        )
        changes.states[key] = (record.offset, after)
        if facts:
            changes.facts.extend(facts)
        elif applied is DUPLICATE:
            tally.duplicate(event)
        elif applied is TOO_LATE:
            tally.rejected("too_late")


def leaves_state(record: Record) -> bool:
    """Whether `Tracker` writes a state, or its end, for this record."""
    try:
        event = decode_event(record.value or b"")
    except UnreadableRecordError:
        return False
    ours = record.key == event.conversation_id.encode()
    return ours and not isinstance(event, HeartbeatEvent)


def _read(record: Record, tally: Tally) -> Event:
    try:
        event = decode_event(record.value or b"")
    except UnreadableRecordError:
        tally.rejected("unreadable")
        raise
    if record.key != event.conversation_id.encode():
        # Under another key it is in another partition: its clocks would be
        # kept twice, by two workers, each with half the story.
        tally.rejected("wrong_key")
        raise UnreadableRecordError("the key is not the conversation_id")
    return event
