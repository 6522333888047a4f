"""Commits, events and changelog that do not belong together: no start that forgets."""

import asyncio
import signal
from collections import Counter

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from stream.engine.admin import open_admin
from stream.engine.commits import CLOSED
from tests.engine.conftest import PARTITIONS, Engine, Worker

pytestmark = pytest.mark.broker

RUNBOOK = "docs/runbook.md, State that does not fit"


async def counted(engine: Engine, **options: float) -> None:
    """All that was sent is counted and committed by a worker that has stopped."""
    worker = await engine.start(**options)
    await engine.caught_up(worker)
    assert await worker.end(signal.SIGTERM) == 0


async def lose(engine: Engine, topic: str) -> None:
    async with open_admin(engine.broker) as admin:
        await admin.delete_topics([topic])
        while topic in await _topics(admin):  # noqa: ASYNC110 - Kafka sends no event
            await asyncio.sleep(0.1)


async def _topics(admin: AIOKafkaAdminClient) -> set[str]:
    return {topic["topic"] for topic in await admin.describe_topics()}


async def commit(engine: Engine, offset: int | None) -> None:
    """For each partition, in place of the workers; None: the first one there is.

    What `kafka-consumer-groups.sh --reset-offsets --to-earliest` does.
    """
    places = [TopicPartition(engine.events, number) for number in range(PARTITIONS)]
    async with AIOKafkaConsumer(
        bootstrap_servers=engine.broker,
        group_id=engine.prefix + "app",
        enable_auto_commit=False,
    ) as consumer:
        consumer.assign(places)
        begins = await consumer.beginning_offsets(places)
        await consumer.commit(
            {tp: begin if offset is None else offset for tp, begin in begins.items()}
        )


async def refused(worker: Worker) -> str:
    """Why it ended, from its one line; nothing was handled, and it was never ready."""
    assert await worker.end() == 1
    log = worker.log.read_text().splitlines()
    (line,) = [line for line in log if "worker crashed" in line]
    assert "EngineError" in line
    assert RUNBOOK in line
    assert not worker.did("restored")
    assert worker.handled() == 0
    return line


def changelog(engine: Engine) -> str:
    return engine.prefix + "app-counts-changelog"


async def test_a_partition_without_its_changelog(engine):
    """Kafka shows no changelog when the group shares out: nothing is begun."""
    await engine.create()
    await engine.send(400)
    worker = await engine.start(hidden=1)
    assert "did not show" in await refused(worker)
    await counted(engine)
    assert await engine.stored() == engine.sent


async def test_a_changelog_that_is_gone(engine):
    """Refused each time, also when it exists again; read again, all is as it was."""
    await engine.create()
    await engine.send(400)
    await counted(engine)
    await lose(engine, changelog(engine))
    for _ in range(2):
        line = await refused(await engine.start())
        assert "[0, 1, 2, 3] is empty" in line
        assert changelog(engine) in line
    await commit(engine, None)
    await counted(engine)
    assert await engine.stored() == engine.sent


async def test_what_is_read_again_may_begin_late(engine):
    """Retention took the first events: what is left is read again, without a word."""
    await engine.create()
    await engine.send(400, keys=100)
    await counted(engine)
    await lose(engine, changelog(engine))
    half = RecordsToDelete(before_offset=50)
    async with open_admin(engine.broker) as admin:
        await admin.delete_records(
            {TopicPartition(engine.events, p): half for p in range(PARTITIONS)}
        )
    await commit(engine, None)
    await counted(engine)
    assert (await engine.stored()).total() == engine.sent.total() / 2
    await counted(engine)


async def test_partitions_that_never_had_a_state(engine):
    """Only records that leave none were read: the changelog is rightly empty."""
    await engine.create()
    await engine.send(400, value=b"nothing")
    await counted(engine)
    assert await engine.stored() == {}
    second = await engine.start()
    await engine.caught_up(second)
    assert second.handled() == 0
    await engine.send(4, keys=1)
    await engine.caught_up(second)
    assert await engine.stored() == Counter({b"%d-0" % p: 1 for p in range(4)})
    assert await second.end(signal.SIGTERM) == 0


async def test_events_that_end_before_what_the_state_knows(engine):
    """The topic was made anew: what comes now would be taken for what was read."""
    await engine.create()
    await engine.send(400)
    await counted(engine)
    await lose(engine, engine.events)  # Kafka forgets the commits with it
    await engine.create()
    line = await refused(await engine.start())
    assert f"{engine.events} [0, 1, 2, 3] goes back: 0 ends at 0" in line
    assert "read up to 100" in line
    # What the runbook says: without the state, with what the topic has.
    await lose(engine, changelog(engine))
    engine.sent.clear()
    await engine.send(40)
    await counted(engine)
    assert await engine.stored() == engine.sent


@pytest.mark.parametrize("tableless", [0, 1], ids=["table", "no table"])
async def test_events_that_end_before_the_commit(engine, tableless):
    """The topic was restored or cut short; a group like that of alerts is told, too."""
    await engine.create()
    await engine.send(40)
    await commit(engine, 20)
    line = await refused(await engine.start(tableless=tableless))
    assert f"{engine.events} [0, 1, 2, 3] goes back: 0 ends at 10" in line
    assert "read up to 20" in line
    await commit(engine, None)
    await counted(engine, tableless=tableless)


async def test_events_that_grew_past_what_the_state_knows(engine):
    """Made anew, and as long as before by now: other records are where ours were."""
    await engine.create()
    await engine.send(400)
    await counted(engine)
    await lose(engine, engine.events)
    await engine.create()
    await engine.send(800, keys=7)
    line = await refused(await engine.start())
    assert f"{engine.events} [0, 1, 2, 3] is another one: at 99 of 0 is not" in line


async def test_the_last_event_is_gone_by_retention(engine):
    """Nothing can be compared, and nothing is wrong."""
    await engine.create()
    await engine.send(400)
    await counted(engine)
    await engine.send(400)
    await engine.delete_before(150)
    second = await engine.start()
    await second.until(lambda told: any(each["did"] == "batch" for each in told))
    assert await second.end(signal.SIGTERM) == 0


async def test_what_was_begun_anew_and_did_not_end(engine):
    """Closed commits are refused, and say why."""
    await engine.create()
    await engine.send(40)
    await commit(engine, CLOSED)
    assert "what was begun did not end" in await refused(await engine.start())
