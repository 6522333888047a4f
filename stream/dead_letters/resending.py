"""Dead letters' records, written anew to the end of their topic.

A second call must not write a record a second time. After Kafka has acknowledged a
record, its mark goes into the dead letters' topic (`stream.dead_letters.topic`), and
what is marked is not resent. The other ways were dearer: a header on the resent record
can only be found by reading seven days of events, and a transaction around both needs
rights that nothing else of ours needs. Record first, then mark: dying in between
repeats a record, which the rules skip by its `event_id`; the other order would lose it.
Two calls at the same moment may repeat records likewise.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from stream.dead_letters.topic import Found
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import TopicReader
from stream.records import UnreadableRecordError, decode_event, resent_mark

_AT_ONCE = 500
"""Records between two acknowledgments: what an interrupted run repeats at most."""


@dataclass(slots=True)
class Outcome:
    """What became of the letters."""

    resent: int = 0
    unreadable: list[tuple[Found, str]] = field(default_factory=list)
    """Still, and why."""
    gone: list[Found] = field(default_factory=list)
    """Their records are not in the topic any more."""


@dataclass(frozen=True, slots=True)
class _Readable:
    """A record that can be read now."""

    found: Found
    conversation: bytes
    value: bytes


class Resender:
    """Reads records by the places of their letters and writes them again."""

    def __init__(self, reader: TopicReader, dead_letters: str, now: int) -> None:
        """`dead_letters`: the topic of the marks, dated `now` (milliseconds)."""
        self._reader = reader
        self._dead_letters = dead_letters
        self._now = now

    async def resend(
        self,
        letters: Sequence[Found],
        producer: AIOKafkaProducer | None,
        step: Callable[[int], None],
    ) -> Outcome:
        """Write what can be read now, by place; `step` hears how many are done.

        Without a producer nothing is written (a dry run). Raises `KafkaError` and
        `TimeoutError`; what was done is marked, and a further call goes on.
        """
        outcome = Outcome()
        by_partition: dict[TopicPartition, dict[int, Found]] = defaultdict(dict)
        for found in letters:
            letter = found.letter
            place = TopicPartition(letter.topic, letter.partition)
            by_partition[place][letter.offset] = found
        waiting: list[_Readable] = []
        for place in sorted(by_partition):
            partition = by_partition[place]
            async for offset, record in self._reader.at(place, sorted(partition)):
                found = partition[offset]
                step(1)
                if record is None:
                    outcome.gone.append(found)
                    continue
                value = record.value or b""
                try:
                    event = decode_event(value)
                except UnreadableRecordError as error:
                    outcome.unreadable.append((found, str(error)))
                    continue
                key = event.conversation_id.encode()
                waiting.append(_Readable(found, key, value))
                outcome.resent += 1
                if len(waiting) == _AT_ONCE:
                    await self._write(waiting, producer)
                    waiting = []
        await self._write(waiting, producer)
        return outcome

    async def _write(
        self, records: Sequence[_Readable], producer: AIOKafkaProducer | None
    ) -> None:
        if producer is None:
            return
        sent = [
            await producer.send(
                one.found.letter.topic, key=one.conversation, value=one.value
            )
            for one in records
        ]
        await asyncio.gather(*sent)
        marks = [
            await producer.send(
                self._dead_letters,
                key=one.conversation,
                value=resent_mark(one.found.letter, self._now),
                partition=one.found.partition,
            )
            for one in records
        ]
        await asyncio.gather(*marks)


def resending_to(access: KafkaAccess) -> AIOKafkaProducer:
    """To be entered. The default partitioner is Kafka's murmur2 (contract 2)."""
    return AIOKafkaProducer(
        **access.client(), client_id="replyclock-resend", acks="all", linger_ms=20
    )
