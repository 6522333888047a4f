"""Somebody presses: *Take* on the first climb that breaks, *Snooze* on the second."""

import asyncio
from typing import Any

from dev.demo.rules import WEBSITE_CHANNEL
from dev.demo.seen import RED, is_alert
from dev.slack.client import SlackStandIn

_LOOK = 0.3
"""Seconds between two looks at the channel."""
PRESSES: tuple[tuple[str, str | None], ...] = (("take", None), ("snooze", "15m"))


async def press_all(slack: SlackStandIn) -> None:
    """Press each of `PRESSES` once, on another message each."""
    before = {message["ts"] for message in await _messages(slack)}
    for action, value in PRESSES:
        message = await _next_red(slack, before)
        before.add(message["ts"])
        [buttons] = [b for b in message["blocks"] if b["type"] == "actions"]
        await asyncio.to_thread(
            slack.press,
            *(WEBSITE_CHANNEL, message["ts"], buttons["block_id"], action),
            value=value,
        )


async def _next_red(slack: SlackStandIn, before: set[str]) -> dict[str, Any]:
    while True:
        for message in await _messages(slack):
            is_red = is_alert(message) and message["text"].startswith(RED)
            if is_red and message["ts"] not in before:
                return message
        await asyncio.sleep(_LOOK)


async def _messages(slack: SlackStandIn) -> list[dict[str, Any]]:
    return await asyncio.to_thread(slack.messages, WEBSITE_CHANNEL)
