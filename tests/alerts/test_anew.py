"""A topic of facts that is another one: read from its beginning, on purpose."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from alerts.anew import FactsAnew
from stream.engine.admin import open_admin
from stream.engine.commits import GroupInUseError, open_commits
from stream.kafka.access import KafkaAccess
from stream.kafka.refusal import RefusedStartError
from stream.kafka.topic_reader import reading
from stream.process.settings import Settings
from tests.alerts.cycles import Cycle
from tests.alerts.world import World, fresh

pytestmark = pytest.mark.broker


@asynccontextmanager
async def anew(world: World, **others: str) -> AsyncIterator[FactsAnew]:
    fields = {
        "broker": world.kafka,
        "topic_prefix": world.prefix,
        "redis_url": world.env["REPLYCLOCK_REDIS_URL"],
    }
    async with reading(KafkaAccess.to(world.kafka)) as reader:
        yield FactsAnew(Settings.model_validate(fields | others), reader)


async def begin(world: World) -> None:
    async with anew(world) as facts:
        await facts.begin(lambda _: None)


async def lose_facts(world: World) -> None:
    topic = world.prefix + "sla.facts"
    async with open_admin(world.kafka) as admin:
        await admin.delete_topics([topic])
        while topic in await admin.list_topics():  # noqa: ASYNC110 - Kafka sends no event
            await asyncio.sleep(0.1)


async def commit_behind_the_end(world: World) -> None:
    async with reading(KafkaAccess.to(world.kafka)) as reader:
        places = await reader.partitions(world.prefix + "sla.facts")
    group = world.prefix + "replyclock-alerts"
    async with open_commits(KafkaAccess.to(world.kafka), group, places) as commits:
        await commits.write({place.partition: 100 for place in places})


async def test_facts_that_were_made_anew_and_are_as_many_again(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """Nothing shows it, so nothing is read; begun anew, what is new is told."""
    first = fresh("a", minutes_ago)
    second = Cycle("a", start=first.start - 100)
    async with world.running():
        await world.tell(first.breached())
        await world.shows(1)
        async with anew(world) as facts:
            with pytest.raises(GroupInUseError, match=r"replyclock-alerts has members"):
                await facts.look()
    await lose_facts(world)
    await world.tell(second.breached())

    await begin(world)
    async with world.running():
        await world.shows(2)


async def test_facts_that_end_before_the_commit(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """Refused, with the command; after it nothing is posted a second time."""
    first, second = fresh("a", minutes_ago), fresh("b", minutes_ago)
    async with world.running():
        await world.tell(first.breached())
        await world.shows(1)
    await commit_behind_the_end(world)
    process = await world.start()
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"begin-anew --alerts (docs/runbook.md, State that does not fit)" in said

    await begin(world)
    async with world.running():
        await world.tell(second.breached())
        await world.shows(2)
    assert len(await world.messages()) == 2


async def test_without_redis_it_is_to_be_done_again(world: World) -> None:
    """One line that says what does not answer."""
    await world.tell(fresh("a", lambda _: 0).breached())
    async with anew(world, redis_url="redis://127.0.0.1:9/0") as facts:
        with pytest.raises(RefusedStartError, match=r"redis: no connection .* again"):
            await facts.begin(lambda _: None)
