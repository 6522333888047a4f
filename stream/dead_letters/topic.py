"""The dead letters' topic, read: what is in it, and what was resent.

A record that was written anew gets a *mark*: a copy of its letter with `resent`, in
the same partition. Marks live as long as letters and need no second place to look.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka.structs import TopicPartition

from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import TopicReader, reading
from stream.records import DeadLetter, UnreadableRecordError, decode_dead_letter

Place = tuple[str, int, int]
"""Topic, partition and offset of the record that a letter is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A dead letter and where it lies."""

    letter: DeadLetter
    partition: int
    """Of the dead letters' topic: the mark of a resent record belongs there."""
    resent_at: str | None = None
    """RFC 3339."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Each place once, the oldest letter first."""

    letters: list[Found]
    strange: int
    """Records that are no dead letters: somebody else writes there."""


class DeadLetterTopic:
    """Asked now and then, each time with a connection of its own."""

    def __init__(self, access: KafkaAccess, name: str) -> None:
        self._access = access
        self._name = name

    async def reasons(self, topic: str, partition: int, most: int) -> Mapping[int, str]:
        """The reasons, by offset, of the latest letters about a partition of `topic`.

        `most`: so many records of the dead letters' topic are looked at. A letter is
        in the partition with the number of its record's. Raises aiokafka's
        `KafkaError`, and `TimeoutError` when Kafka is silent.
        """
        reasons = {}
        async with reading(self._access) as reader:
            place = TopicPartition(self._name, partition)
            async for record in reader.last([place], most):
                letter = _letter(record.value)
                if letter and not letter.resent and letter.topic == topic:
                    reasons[letter.offset] = letter.reason
        return reasons


async def contents(reader: TopicReader, topic: str) -> Contents:
    """All letters of the dead letters' topic `topic`."""
    found: dict[Place, tuple[DeadLetter, int]] = {}
    resent: dict[Place, str] = {}
    strange = 0
    async for record in reader.last(await reader.partitions(topic)):
        letter = _letter(record.value)
        if letter is None:
            strange += 1
            continue
        place = (letter.topic, letter.partition, letter.offset)
        if letter.resent:
            resent[place] = letter.at
        else:
            found.setdefault(place, (letter, record.partition))  # a crash repeats some
    letters = [
        Found(letter=letter, partition=partition, resent_at=resent.get(place))
        for place, (letter, partition) in found.items()
    ]
    letters.sort(key=lambda f: (f.letter.instant, f.letter.partition, f.letter.offset))
    return Contents(letters, strange)


def _letter(data: bytes | None) -> DeadLetter | None:
    try:
        return decode_dead_letter(data or b"")
    except UnreadableRecordError:
        return None
