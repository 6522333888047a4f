"""What a transactional producer of others does to what we read.

```
            committed by us            last stable          end
  ──●──●──●──┬───────── a a a M ──●──●──┬── o o o ──●──●────┬──
             a: aborted, M: its marker  o: not decided yet
```

Aborted records must start nothing, so only what was committed is read. What lies behind
an open transaction is then read when that has ended, ours or not. A fence must wait for
it (a reply may be among it), so ends are asked for as they are, not as far as one may
read: the end of an isolated reader would let a deadline pass a reply that is in Kafka.
"""

from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.structs import TopicPartition

from stream.engine.lease import Send

_ALL = 0


def read_committed(consumer: AIOKafkaConsumer) -> None:
    """Before its start: let it deliver no record of an aborted transaction."""
    consumer._isolation_level = "read_committed"  # noqa: SLF001 - listed in guard.py


async def whole_ends(request: Any, send: Send) -> Any:
    """A layer (`client.py`): the end of a partition counts open transactions, too."""
    if isinstance(request, OffsetRequest):
        request._isolation_level = _ALL  # noqa: SLF001 - listed in guard.py
    return await send()


def readable_end(consumer: AIOKafkaConsumer, tp: TopicPartition) -> int | None:
    """Up to where one may read, as of the last fetch; None before the first."""
    stable: int | None = consumer.last_stable_offset(tp)
    end: int | None = consumer.highwater(tp)
    return end if stable is None or stable < 0 else stable
