"""Pressing: what people do with the messages in Slack, whatever goes wrong meanwhile.

Who presses sees what anybody sees: the messages that are there, with their buttons.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from alerts.presses.press import PressKind
from alerts.slack.buttons import BLOCK
from dev.slack.client import SlackStandIn
from dev.slack.people import USERS

CHANNELS = ("C0SALES", "C0OPS")
_SNOOZE = "15m"
_KINDS = {PressKind.TAKE, PressKind.GIVE_BACK, PressKind.SNOOZE, PressKind.WAKE}
_TWICE = 1 / 4
"""So many are pressed twice at once, and as many brought twice by Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed; instants in milliseconds of wall time."""

    key: str
    """Of the message."""
    kind: PressKind
    by: str
    at: int
    done_at: int
    """When Slack had the answer, or gave up."""
    is_once: bool
    """Whether Slack brought it once, and it was taken."""


@dataclass(frozen=True, slots=True)
class _Button:
    channel: str
    ts: str
    block_id: str
    action: str


class Pressing:
    """`seed` decides who presses what, of what is there; `done` is what came of it."""

    def __init__(self, slack: SlackStandIn, seed: int) -> None:
        self._slack = slack
        self._random = Random(seed)  # noqa: S311  trials, not secrets
        self.done: list[Pressed] = []

    async def do_all(self, times: Sequence[float], began: float) -> None:
        """One each time, in seconds after `began`; those that take long overlap."""
        people = sorted(USERS)
        async with asyncio.TaskGroup() as group:
            for number, at in enumerate(times):
                await asyncio.sleep(max(0.0, began + at - time.monotonic()))
                group.create_task(self._press(people[number % len(people)]))

    async def _press(self, by: str) -> None:
        messages = await asyncio.to_thread(self._buttons)
        if not messages:
            return
        button = self._random.choice(self._random.choice(messages))
        chance = self._random.random()
        if chance < _TWICE:
            await asyncio.to_thread(self._slack.deliver_to, None, answers_lost=1)
        async with asyncio.TaskGroup() as group:
            for _ in range(1 + (chance > 1 - _TWICE)):
                group.create_task(asyncio.to_thread(self._press_on, button, by))

    def _buttons(self) -> list[list[_Button]]:
        """Of each message that has some."""
        found = (
            list(_buttons_of(channel, message))
            for channel in CHANNELS
            for message in self._slack.messages(channel)
        )
        return [buttons for buttons in found if buttons]

    def _press_on(self, button: _Button, by: str) -> None:
        place = (button.channel, button.ts, button.block_id, button.action)
        value = _SNOOZE if button.action == PressKind.SNOOZE else None
        try:
            told = self._slack.press(*place, user=by, value=value)
        except ValueError:
            return  # the message has changed since: the button is gone
        instant = float(told["payload"]["actions"][0]["action_ts"])
        self.done.append(
            Pressed(
                key=button.block_id.removeprefix(BLOCK),
                kind=PressKind(button.action),
                by=by,
                at=round(instant * 1000),
                done_at=time.time_ns() // 1_000_000,
                is_once=told["answers"] == ["200"],
            )
        )


def _buttons_of(channel: str, message: dict[str, object]) -> Iterator[_Button]:
    blocks: list[dict[str, object]] = message["blocks"] or []  # type: ignore[assignment]
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        if block.get("type") == "actions" and block_id.startswith(BLOCK):
            elements: list[dict[str, str]] = block["elements"]  # type: ignore[assignment]
            for element in elements:
                if element["action_id"] in _KINDS:
                    yield _Button(
                        channel, str(message["ts"]), block_id, element["action_id"]
                    )
