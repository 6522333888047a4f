"""Asking Kafka outside of any consumer or producer."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiokafka.admin import AIOKafkaAdminClient

from stream.kafka.access import KafkaAccess


@asynccontextmanager
async def open_admin(broker: KafkaAccess | str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that is closed at the end; raises `KafkaError` when it cannot start."""
    admin = AIOKafkaAdminClient(**KafkaAccess.to(broker).client())
    try:
        with quiet():
            await admin.start()
        yield admin
    finally:
        await admin.close()


@contextmanager
def quiet() -> Iterator[None]:
    """Without aiokafka's lines: each refused connection is an error of several."""
    logger = logging.getLogger("aiokafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
