"""A partition's records as one message, in the only shape that Faust passes on."""

from collections.abc import Sequence
from typing import Any, cast

from faust.types import TP, ConsumerMessage


def to_batch(tp: TP, records: Sequence[Any], generation: int) -> ConsumerMessage:
    """One message of all `records`, at the offset of the last one."""
    last = records[-1]
    return ConsumerMessage(
        tp.topic,
        tp.partition,
        last.offset,
        last.timestamp / 1000.0,
        last.timestamp_type,
        None,
        None,
        cast("bytes", records),  # whatever it is, our schema passes it on
        None,
        0,
        0,
        tp,
        generation_id=generation,
    )
