"""What `/readyz` of the worker says when nothing in the process is wrong."""

import asyncio
import time

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from dev.stack import Stack
from dev.system import System, answers

pytestmark = pytest.mark.broker

SAYING = "not ready: we own nothing"


async def delete(broker: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        await admin.delete_topics([topic])
    finally:
        await admin.close()


def test_a_worker_whose_topic_kafka_does_not_show_is_not_ready(start_stack):
    """Joined, at rest and without partitions: it watches nobody, and says so."""
    stack: Stack = start_stack("kafka")
    system = System(stack)
    system.start("worker")
    system.wait_ready("worker")
    asyncio.run(delete(stack.broker, "conversations.events"))

    until = time.monotonic() + 60
    while SAYING not in system.logs("worker"):
        answers(system.ports["worker"], "/readyz")
        assert time.monotonic() < until, system.logs("worker")
        time.sleep(0.1)
    assert not answers(system.ports["worker"], "/readyz")
    assert answers(system.ports["worker"], "/healthz")
    assert system.terminate("worker") == 0
