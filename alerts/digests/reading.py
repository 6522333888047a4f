"""The facts of a digest, read from their topic by a reader of its own.

Read is what was written since a wait that goes on may have begun, and since the periods
began. One partition after the other, so that one is in memory at a time; between two
fetches the event loop does what alerts need.
"""

from collections.abc import Mapping, Sequence

from aiokafka.structs import ConsumerRecord, TopicPartition

from alerts.digests.counted import Counted, Kept, Partition
from alerts.digests.due import Period
from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading
from stream.records import UnreadableRecordError, decode_fact
from stream.sla.instants import HOUR

_MARGIN = HOUR
"""Clocks of brokers and workers are not ours."""


async def count_facts(
    access: KafkaAccess, topic: str, periods: Sequence[Period], since: int
) -> tuple[Counted, Kept | None]:
    """Count the facts until now; None beside them: there was never a fact.

    Waits whose promise broke before `since` (ms) are not seen.

    Raises aiokafka's `KafkaError`, and `TimeoutError` when Kafka is silent.
    """
    begin = min(since, *(period.begin for period in periods)) - _MARGIN
    counted = Counted(periods)
    async with reading(access) as reader:
        partitions = await reader.partitions(topic)
        bounds = await reader.bounds(partitions)
        firsts = await reader.one_of_each({tp: at for tp, (at, _) in bounds.items()})
        for tp in partitions:
            partition = Partition(periods)
            async for record in reader.since(tp, begin):
                try:
                    partition.add(decode_fact(record.value or b""))
                except UnreadableRecordError:
                    continue  # counted by whoever reads it for the alerts
            partition.count(counted)
    return counted, _kept(bounds, firsts, begin)


def _kept(
    bounds: Mapping[TopicPartition, tuple[int, int]],
    firsts: Mapping[TopicPartition, ConsumerRecord],
    begin: int,
) -> Kept | None:
    """Where something was deleted, all is there since the latest of what is first now.

    A partition of which all was deleted was quiet for as long as facts are kept.
    """
    cut = [tp for tp, (first, _) in bounds.items() if first > 0]
    if cut:
        found = [firsts[tp].timestamp for tp in cut if tp in firsts]
        return Kept(max(found, default=begin), is_whole=False)
    written = [first.timestamp for first in firsts.values()]
    return Kept(min(written), is_whole=True) if written else None
