"""A topic that Kafka does not show for a while is shared out seconds after it does."""

import signal
from time import monotonic

import pytest

pytestmark = pytest.mark.broker

SECONDS = 8.0
"""Far less than the greatest age of metadata (30 s), which is the second line."""


async def test_a_topic_that_appears_is_shared_out_in_seconds(engine):
    """A worker that began while Kafka left the topic out does its job soon after."""
    worker = await engine.start(tableless=1, uncreated=1)
    await worker.until(lambda _: len(worker.did("tick")) > 10)  # asked, and told no
    assert not worker.did("restored")
    assert not any(tick["ready"] for tick in worker.did("tick"))
    await engine.create()
    created = monotonic()
    await worker.until(lambda _: bool(worker.did("restored")))
    assert monotonic() - created < SECONDS
    assert list(worker.did("restored")[-1]["keys"]) == ["0", "1", "2", "3"]
    await engine.send(400)
    await engine.caught_up(worker)
    assert worker.did("tick")[-1]["ready"]
    assert await worker.end(signal.SIGTERM) == 0
