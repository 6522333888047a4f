"""A record that we know, to see that a topic is the one it was.

```
  was    ──●──●──●──K        the state: the last record of all is K's, at 3
  is     ──○──○──○──X──○     made anew and grown past it: another's is there
```

A topic that goes back and then grows has every offset that we know, and other records
behind them. Kafka would tell by the topic's id, which aiokafka does not ask for; the
id is also the same where a broker lost the topic's end in a power cut.
"""

from collections.abc import Mapping

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from stream.kafka.access import KafkaAccess
from stream.kafka.topic_reader import reading

log = structlog.get_logger(__name__)

Landmark = tuple[int, bytes]
"""The offset of a record that was read, and its key."""


async def moved(
    access: KafkaAccess, topic: str, landmarks: Mapping[int, Landmark]
) -> list[int]:
    """The partitions that have a record of another key there.

    None where retention took it, and none when Kafka does not answer: it is asked again
    at the next start, and a worker that cannot begin helps nobody.
    """
    places = {TopicPartition(topic, p): at for p, (at, _) in landmarks.items()}
    try:
        async with reading(access) as reader:
            found = await reader.one_of_each(places)
    except (KafkaError, TimeoutError) as error:
        log.warning(
            "kafka did not show the last record we know",
            topic=topic,
            error=type(error).__name__,
        )
        return []
    return sorted(
        place.partition
        for place, record in found.items()
        if record.key != landmarks[place.partition][1]
    )
