"""The alerts process itself, and Slack on both of its ways in."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dev.slack.client import SlackStandIn
from stream.engine import ensure_topics
from tests.alerts.patience import eventually
from tests.alerts.world import World, fresh

pytestmark = pytest.mark.broker


@pytest.fixture
def world(
    kafka: str, redis_url: str, slack: SlackStandIn, prefix: str, unused_tcp_port: int
) -> World:
    return World(kafka, redis_url, slack, prefix, unused_tcp_port)


def environment(world: World, way: str) -> dict[str, str]:
    if way == "socket":
        return {"REPLYCLOCK_SLACK_APP_TOKEN": world.slack.app_token}
    return {"REPLYCLOCK_SLACK_SIGNING_SECRET": world.slack.signing_secret}


async def asked(world: World, words: str) -> str:
    """What a slash command is answered, privately."""

    def whispers() -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = world.slack.interaction()["whispers"]
        return told

    before = len(await asyncio.to_thread(whispers))
    delivery = await asyncio.to_thread(world.slack.command, f"/replyclock {words}")
    assert delivery["ok"], delivery

    async def is_told() -> bool:
        return len(await asyncio.to_thread(whispers)) > before

    await eventually(is_told, 40)
    return str((await asyncio.to_thread(whispers))[-1]["text"])


@pytest.mark.parametrize("way", ["http", "socket"])
async def test_slash_commands_look_into_ledger_and_topic(
    world: World, way: str, minutes_ago: Callable[[float], int]
) -> None:
    """Who waits is who was told of; a story is what `explain` tells of the facts."""
    cycle = fresh("conversation-a", minutes_ago)
    conversation = cycle.breached().conversation_id
    await ensure_topics(world.kafka, {world.prefix + "conversations.events": 2})
    if way == "http":
        url = f"{world.page}/slack/actions"
        await asyncio.to_thread(world.slack.deliver_to, url)
    async with world.running(**environment(world, way)):
        await world.tell(cycle.breached())
        await world.shows(1)
        assert conversation in await asked(world, "waiting sales")
        assert (await asked(world, "waiting support")).startswith("Nobody")
        told = await asked(world, f"explain {conversation}")
        assert told == f"```Conversation {conversation}```"
        nothing = await asked(world, f"explain {conversation}x")
        assert f"no facts of '{conversation}x'" in nothing

    for secret in (world.slack.app_token, world.slack.signing_secret):
        assert secret not in self_said(world)
    assert "Unhandled" not in self_said(world)


def self_said(world: World) -> str:
    """The log of the process that ended."""
    return str(world.said.decode())


async def test_without_a_secret_there_is_no_door(world: World) -> None:
    """No app token and no signing secret: nothing is taken, and it is said once."""
    await asyncio.to_thread(world.slack.deliver_to, f"{world.page}/slack/actions")
    async with world.running():
        delivery = await asyncio.to_thread(world.slack.command, "/replyclock waiting")

    assert set(delivery["answers"]) == {"404"}
    assert self_said(world).count("no press comes in") == 1
