"""Where Faust picks up our consumer, and the schema that leaves batches alone."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import faust
from faust.transport.drivers.aiokafka import Producer, Transport
from faust.types import AppT, EventT, Message
from faust.types.transports import ConsumerT, ProducerT

from stream.engine.client import write_under
from stream.engine.consumer import BatchConsumer


class LeasedProducer(Producer):
    """Faust's producer, writing only while this worker is a member; `app` is ours."""

    app: Any
    logger = logging.getLogger("faust.producer")  # else it would log as ours

    def _new_producer(self, transactional_id: str | None = None) -> Any:
        producer = super()._new_producer(transactional_id)
        write_under(self.app.lease, producer.client)
        return producer


class BatchTransport(Transport):
    """aiokafka, with the batching consumer and the leased producer."""

    Consumer: ClassVar[type[ConsumerT]] = BatchConsumer
    Producer: ClassVar[type[ProducerT]] = LeasedProducer


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
