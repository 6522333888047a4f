"""The inbox over the stand-in Slack, by both ways, with a desk that remembers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from alerts.delivery import wall_ms
from alerts.inbox.desk import Waiter
from alerts.inbox.door import Door
from alerts.inbox.inbox import Inbox
from alerts.inbox.metrics import InboxMetrics
from alerts.inbox.socket_mode import SocketMode
from alerts.presses.press import Press
from alerts.slack.client import Slack
from dev.slack.client import SlackStandIn
from tests.alerts.patience import eventually

KEY = "0123456789abcdef0123456789abcdef"
BLOCK = f"presses/{KEY}"
BLOCKS = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Nobody waits.*"},
    },
    {
        "type": "actions",
        "block_id": BLOCK,
        "elements": [
            {
                "type": "button",
                "action_id": action,
                "text": {"type": "plain_text", "text": text},
                **more,
            }
            for action, text, more in [
                ("take", "Take", {"style": "primary"}),
                ("give_back", "Give back", {}),
                ("no_reply_needed", "No reply needed", {}),
                ("mute", "Mute queue", {}),
                ("details", "Details", {}),
                ("open", "Open", {"url": "https://desk.example/c/1"}),
                ("of_another_version", "What", {}),
            ]
        ]
        + [
            {
                "type": "static_select",
                "action_id": "snooze",
                "placeholder": {"type": "plain_text", "text": "Snooze"},
                "options": [
                    {"text": {"type": "plain_text", "text": text}, "value": value}
                    for value, text in [
                        ("15m", "15 min"),
                        ("1h", "1 hour"),
                        ("opens", "Until the queue opens"),
                        ("at", "Until a time"),
                    ]
                ],
            }
        ],
    },
]


@dataclass
class Desk:
    """Records each press once, by its id; `opens_at` and the others are a test's."""

    presses: dict[str, tuple[str, Press]] = field(default_factory=dict)
    sentence: str = "You have it."
    opens_at: int | None = 2**41
    fault: Exception | None = None
    waiters: list[Waiter] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)

    async def press(self, key: str, press: Press) -> str:
        if self.fault is not None:
            raise self.fault
        is_new = press.press_id not in self.presses
        self.presses.setdefault(press.press_id, (key, press))
        return self.sentence if is_new else "again"

    async def opens(self, key: str, now: int) -> int | None:  # noqa: ARG002  a Desk
        return self.opens_at

    async def zone(self, key: str) -> str:  # noqa: ARG002  a Desk
        return "Europe/Budapest"

    async def details(self, key: str) -> str:
        return f"Policy *vip*, key `{key}`"

    async def waiting(self, queue: str | None) -> Sequence[Waiter]:
        self.asked.append(queue)
        return self.waiters

    async def explain(self, conversation: str) -> str:
        self.asked.append(conversation)
        return f"Conversation {conversation}\n\n  first reply: breached"

    @property
    def only(self) -> Press:
        [(key, press)] = self.presses.values()
        assert key == KEY
        return press


class Office:
    """The inbox, the desk behind it, and the Slack before it."""

    def __init__(self, slack: SlackStandIn, way: str) -> None:
        self.slack, self.way = slack, way
        self.desk = Desk()
        self.registry = CollectorRegistry()
        self.metrics = InboxMetrics(self.registry)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            bot = Slack(self.slack.token, self.slack.url, 5)
            await stack.enter_async_context(bot)
            inbox = Inbox(
                slack=bot,
                press=self.desk.press,
                desk=self.desk,
                metrics=self.metrics,
                now=wall_ms,
            )
            door = Door(inbox, self.slack.signing_secret, self.metrics)
            app = web.Application()
            app.add_routes(door.routes())
            runner = web.AppRunner(app)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"{site.name}/slack/actions"
            if self.way == "http":
                await asyncio.to_thread(self.slack.deliver_to, self.url)
            else:
                app_bot = Slack(self.slack.app_token, self.slack.url, 5)
                await stack.enter_async_context(app_bot)
                socket = SocketMode(app_bot, inbox.take, self.metrics)
                task = asyncio.create_task(socket.run())
                stack.push_async_callback(_cancelled, task)
                await eventually(self.is_connected)
            yield

    async def is_connected(self) -> bool:
        return bool((await self.interaction())["connections"])

    async def interaction(self) -> dict[str, Any]:
        return await asyncio.to_thread(self.slack.interaction)

    async def post(self) -> str:
        """An alert's message; its ts."""
        async with Slack(self.slack.token, self.slack.url, 5) as web_client:
            answer = await web_client._call(
                "chat.postMessage",
                {"channel": "C0SALES", "text": "!", "blocks": BLOCKS},
            )
        return str(answer["ts"])

    async def press(
        self, ts: str, action: str, value: str | None = None, user: str = "U0ANA"
    ) -> dict[str, Any]:
        return await asyncio.to_thread(
            lambda: self.slack.press(
                "C0SALES", ts, BLOCK, action, user=user, value=value
            )
        )

    async def submit(self, **values: dict[str, Any]) -> dict[str, Any]:
        named = {name: {name: value} for name, value in values.items()}
        return await asyncio.to_thread(self.slack.submit, named)

    async def modal(self, user: str = "U0ANA") -> dict[str, Any]:
        """What `user` has before them, as soon as there is something."""

        async def is_open() -> bool:
            return user in (await self.interaction())["views"]

        await eventually(is_open)
        view: dict[str, Any] = (await self.interaction())["views"][user]
        return view

    async def told(self, count: int = 1) -> list[tuple[str, str]]:
        """Who was told what privately, as soon as there are so many."""

        async def are_told() -> bool:
            return len((await self.interaction())["whispers"]) >= count

        await eventually(are_told)
        whispers = (await self.interaction())["whispers"]
        return [(each["user"], each["text"]) for each in whispers]

    def counted(self, result: str) -> float | None:
        name, labels = "replyclock_slack_requests_total", {"result": result}
        return self.registry.get_sample_value(name, labels)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture(params=["http", "socket"])
def office(request: pytest.FixtureRequest, slack: SlackStandIn) -> Office:
    return Office(slack, request.param)
