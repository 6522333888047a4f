"""The agent: a batch of one partition's events through the rules.

Decode, skip what was seen, apply, write. What cannot be read goes to the dead
letters with its place and the reason, and the rest of the batch goes on.
"""

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from stream.dead_letters.letters import Dead, DeadLetters
from stream.records import Record, UnreadableRecordError, decode_event
from stream.sla.conversation import DUPLICATE, TOO_LATE, apply
from stream.sla.events import Event, HeartbeatEvent
from stream.sla.joining import sent_on
from stream.sla.state import Conversation
from stream.worker.book import Book, Changes
from stream.worker.metrics import WorkerMetrics
from stream.worker.table import LARGEST, encode_state
from stream.worker.tally import Tally


class RulesFailedError(RuntimeError):
    """An event that the rules cannot take: our fault, and the partition goes on.

    Says where, and nothing of what the event says.
    """

    def __init__(self, error: Exception) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = f"{Path(place.filename).name}:{place.lineno}"
        super().__init__(f"the rules failed: {type(error).__name__} in {name}")


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
                if not isinstance(event, HeartbeatEvent):
                    self._apply(partition, record, event, changes, tally, now)
            except (UnreadableRecordError, RulesFailedError) as error:
                dead.append((record, str(error)))
            else:
                events.append(event)
        encoded = changes.encoded()
        if large := [k for k, state in encoded.items() if len(state or b"") > LARGEST]:
            for key in large:
                theirs = [record for record in records if record.key == key]
                dead += self._as_far_as_fits(partition, key, theirs, changes, tally)
            encoded = changes.encoded()
        await self._dead_letters.take(partition, records, dead, now)
        await self._book.write(partition, changes, encoded)
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
        rules = self._book.rules
        try:
            after, facts, applied = apply(
                event.conversation_id, state, event, rules, now
            )
        except Exception as error:
            tally.rejected("rules_failed")
            raise RulesFailedError(error) from error
        changes.states[key] = (record.offset, after)
        if after.moved_to is not None and (moved := sent_on(state, event)) is not None:
            changes.sent_on.append(moved)
        if facts:
            changes.facts.extend(facts)
        elif applied is DUPLICATE:
            tally.duplicate(event)
        elif applied is TOO_LATE:
            tally.rejected("too_late")

    def _as_far_as_fits(
        self,
        partition: int,
        key: bytes,
        records: Sequence[Record],
        changes: Changes,
        tally: Tally,
    ) -> list[Dead]:
        """Apply a conversation's records anew, without those too much for its state.

        They cost themselves, and neither what was said before nor the partition.
        """
        changes.leave_out(key)
        counted = Tally(self._now(), 0)  # all but this is counted already
        dead: list[Dead] = []
        for record in records:
            before, told = changes.states.get(key), len(changes.facts)
            try:
                event = _read(record, counted)
                self._apply(partition, record, event, changes, counted, self._now())
            except (UnreadableRecordError, RulesFailedError):
                continue
            offset, state = changes.states.get(key, (0, None))
            if state is None or len(encode_state(offset, state)) <= LARGEST:
                continue
            del changes.facts[told:]
            if before is None:
                del changes.states[key]
            else:
                changes.states[key] = before
            tally.rejected("too_large")
            dead.append((record, f"its state would be over {LARGEST} bytes"))
        return dead


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
