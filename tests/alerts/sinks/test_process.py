"""The alerts process with other sinks, on real Kafka and Redis."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.slack.client import SlackStandIn
from tests.alerts.patience import eventually
from tests.alerts.sinks.conftest import Hook
from tests.alerts.world import World, fresh

pytestmark = pytest.mark.broker

RULES = """\
version: 1
policies: [{name: all, targets: {first_reply: 30m}}]
queues: {sales: {accounts: ["whatsapp:1"]}}
alerts:
  show_customer: none
  routes: [{to: desk}]
  receivers: {desk: {webhook: {url_from: DESK}}}
"""


@pytest.fixture
def world(  # noqa: PLR0917  fixtures
    kafka: str,
    redis_url: str,
    slack: SlackStandIn,
    prefix: str,
    unused_tcp_port: int,
    tmp_path: Path,
    _hooked: None,
) -> World:
    """Without a Slack token: no receiver is in Slack."""
    file = tmp_path / "sla.yaml"
    file.write_text(RULES, encoding="utf-8")
    world = World(kafka, redis_url, slack, prefix, unused_tcp_port)
    world.env |= {"REPLYCLOCK_CONFIG": str(file), "REPLYCLOCK_SLACK_BOT_TOKEN": ""}
    return world


async def test_a_kill_tells_nothing_falsely(
    world: World, hook: Hook, minutes_ago: Callable[[float], int]
) -> None:
    """Killed while the webhook hangs: told again under one id, and then its end."""
    cycle = fresh("whatsapp:1:a", minutes_ago)
    hook.hangs = True

    async def asked() -> bool:
        return bool(hook.asked)

    async def ended() -> bool:
        return hook.states[-1] == "answered"

    async with world.running() as process:
        await world.tell(cycle.breached())
        await eventually(asked)
        process.kill()
    hook.hangs = False
    async with world.running():
        await eventually(lambda: _told(hook, 2), 40)
        await world.tell(cycle.answered())
        await eventually(ended)
        metrics = await world.get("/metrics")

    assert len({*hook.idents[:2]}) == 1
    assert hook.states[-1] == "answered"
    assert "customer" not in json.dumps(hook.said)
    assert "hush" not in world.said.decode() + metrics


async def _told(hook: Hook, times: int) -> bool:
    return hook.states.count("breached") >= times


async def test_a_secret_that_is_not_set_is_one_line(world: World) -> None:
    """The process says which variable to set, and ends."""
    process = await world.start(REPLYCLOCK_SINK_DESK_SECRET="")
    _, said = await process.communicate()

    assert process.returncode == 1
    assert said.decode().splitlines() == ["REPLYCLOCK_SINK_DESK_SECRET is not set here"]
