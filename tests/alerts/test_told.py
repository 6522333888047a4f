"""What the process tells by its rules, through Kafka, Redis and Slack's API."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually
from tests.alerts.world import CONFIG, World, fresh

pytestmark = pytest.mark.broker


def with_hours(rules: Path, hours: str) -> None:
    """Write the rules with opening hours of the receiver, and storms of four."""
    text = CONFIG.read_text("utf-8")
    receiver, storm = "{slack: {channel: C0SALES}}", "threshold: 5"
    assert receiver in text
    assert storm in text
    text = text.replace(receiver, "{slack: {channel: C0SALES}, calendar: hours}")
    text = text.replace(storm, "threshold: 4")
    rules.write_text(f"{text}\ncalendars: {{hours: {hours}}}\n", "utf-8")


async def test_what_broke_while_the_receiver_was_closed(
    world: World, minutes_ago: Callable[[float], int], tmp_path: Path
) -> None:
    """Nothing is posted then; one list once it opens, which the rules' file says."""
    rules = tmp_path / "sla.yaml"
    day = f"{datetime.now(UTC) + timedelta(days=3):%a}".lower()
    with_hours(rules, f'{{week: {{{day}: ["10:00-10:01"]}}}}')
    cycles = [fresh(name, minutes_ago) for name in "abc"]
    held = 'suppressed_total{reason="opening",receiver="sales-slack"} 3.0'

    async def are_held() -> bool:
        return held in await world.get("/metrics")

    async with world.running(REPLYCLOCK_CONFIG=str(rules)):
        await world.tell(*(cycle.breached(noticed=0.5) for cycle in cycles))
        await eventually(are_held)
        assert await world.messages() == []
        with_hours(rules, "open")
        await world.shows(1)
        await world.tell(*(cycle.answered() for cycle in cycles))
        await world.shows_edits(1)

    [message] = await world.messages()
    assert message["text"] == (
        "🟡 sales, while you were closed: 3 broken, 3 answered meanwhile, nobody waits"
    )


async def test_a_queue_is_muted_in_slack_and_unmuted(
    world: World, minutes_ago: Callable[[float], int]
) -> None:
    """It says by whom and why; what breaks meanwhile is told when that is over."""
    why = {
        "until": {
            "type": "static_select",
            "selected_option": {"value": "tomorrow"},
        },
        "reason": {"type": "plain_text_input", "value": "the network is down"},
    }
    held = 'suppressed_total{reason="muted",receiver="sales-slack"} 2.0'

    async def are_held() -> bool:
        return held in await world.get("/metrics")

    async with world.running(REPLYCLOCK_SLACK_APP_TOKEN=world.slack.app_token):
        await world.tell(fresh("a", minutes_ago).breached(noticed=0.5))
        await world.shows(1)
        [message] = await world.messages()
        [buttons] = [b for b in message["blocks"] if b["type"] == "actions"]
        place = message["channel"], message["ts"], buttons["block_id"]
        await asyncio.to_thread(world.slack.press, *place, "mute")
        await asyncio.to_thread(world.slack.submit, {k: {k: why[k]} for k in why})
        await world.shows_edits(1)
        [message] = await world.messages()
        assert "<@U0ANA> muted *sales*" in str(message["blocks"])
        assert "the network is down" in str(message["blocks"])
        others = [fresh(name, minutes_ago).breached(noticed=0.6) for name in "bc"]
        await world.tell(*others)
        await eventually(are_held)
        assert len(await world.messages()) == 1
        await asyncio.to_thread(world.slack.press, *place, "unmute")
        await world.shows(3)

    _, *told = await world.messages()
    assert all("no first reply within" in message["text"] for message in told)


async def test_a_warning_turns_red_in_its_place(
    world: World, minutes_ago: Callable[[float], int], tmp_path: Path
) -> None:
    """One message, edited; who is mentioned is called in its thread."""
    rules = tmp_path / "sla.yaml"
    text = CONFIG.read_text("utf-8")
    route = "{match: {queue: sales}, to: sales-slack}"
    receiver = "{slack: {channel: C0SALES}}"
    assert route in text
    text = text.replace(route, f"{route[:-1]}, tell: [warning, breach]}}")
    text = text.replace(receiver, '{slack: {channel: C0SALES, mention: "@here"}}')
    rules.write_text(text, "utf-8")
    cycle = Cycle("a", start=minutes_ago(29))
    async with world.running(REPLYCLOCK_CONFIG=str(rules)):
        await world.tell(cycle.warned())
        await world.shows(1)
        [message] = await world.messages()
        assert message["text"].startswith("🟠 sales: no first reply yet, due within")
        await world.tell(cycle.breached(noticed=0.5))
        await world.shows(2)
        await world.shows_edits(1)

    warned, called = await world.messages()
    assert warned["text"].startswith("🔴 sales: no first reply within 30 min")
    assert called["thread_ts"] == warned["ts"]
    assert "<!here>" in str(called["blocks"])


async def test_a_storm_is_one_message(
    world: World, minutes_ago: Callable[[float], int], tmp_path: Path
) -> None:
    """It comes, is taken by a press, and nobody waits any more, beyond a kill -9.

    Before it is known to be one, four at most are told by themselves.
    """
    rules = tmp_path / "sla.yaml"
    with_hours(rules, "open")
    env = {
        "REPLYCLOCK_CONFIG": str(rules),
        "REPLYCLOCK_SLACK_APP_TOKEN": world.slack.app_token,
    }
    cycles = [fresh(f"a{number}", minutes_ago) for number in range(12)]

    async def says(words: str) -> dict[str, Any]:
        """The list, once it says so of all whom it tells."""
        shown: dict[str, Any] = {}

        async def it_does() -> bool:
            found = await world.messages()
            lists = [m for m in found if "promises broken" in m["text"]]
            told = words.replace("{n}", str(len(cycles) - len(found) + len(lists)))
            shown.update(*lists)
            return len(lists) == 1 and told in str(shown["blocks"])

        await eventually(it_does, 30)
        assert len(await world.messages()) <= 1 + 4
        return shown

    async with world.running(**env) as process:
        await world.tell(*(cycle.breached(noticed=0.5) for cycle in cycles))
        message = await says("{n} wait, {n} promises broken")
        [buttons] = [b for b in message["blocks"] if b["type"] == "actions"]
        place = message["channel"], message["ts"], buttons["block_id"]
        await asyncio.to_thread(world.slack.press, *place, "take")
        await says("Taken by <@U0ANA>")
        process.kill()
        await process.wait()
    async with world.running(**env):
        await world.tell(*(cycle.answered() for cycle in cycles))
        await says("nobody waits now, {n} promises broken")
