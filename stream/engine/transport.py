"""Where Faust picks up our consumer, and the schema that leaves batches alone."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import faust
from faust.transport.drivers.aiokafka import Transport
from faust.types import AppT, EventT, Message
from faust.types.transports import ConsumerT

from stream.engine.consumer import BatchConsumer


class BatchTransport(Transport):
    """aiokafka, with the batching consumer."""

    Consumer: ClassVar[type[ConsumerT]] = BatchConsumer


class BatchSchema(faust.Schema[Any, Any]):
    """No decoding: the value of the event is the list of Kafka's records."""

    def compile(
        self,
        app: AppT,
        **_callbacks: Any,
    ) -> Callable[..., Awaitable[EventT[Any]]]:
        create_event = app.create_event

        async def decode(message: Message, *, propagate: bool = False) -> EventT[Any]:  # noqa: ARG001 - Faust's signature
            return create_event(None, message.value, message.headers, message)

        return decode
