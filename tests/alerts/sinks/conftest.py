"""A real HTTP server in the place of what others build upon our webhooks."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

SECRET = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
WHSEC = f"whsec_{SECRET}"


@dataclass
class Hook:
    """What was asked; `status` and `hangs` say how it answers from now on."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    end: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append(request)
        self.bodies.append(body)
        if self.hangs:
            await self.end.wait()
        return web.Response(status=self.status, headers=self.headers)

    @property
    def said(self) -> list[dict[str, Any]]:
        """The `data` of each body."""
        return [json.loads(body)["data"] for body in self.bodies]

    @property
    def states(self) -> list[str]:
        return [data["state"] for data in self.said]

    @property
    def idents(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.asked]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """It answers on every path."""
    hook = Hook()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    hook.url = f"http://{host}:{port}/hooks/hush-7f3a"
    yield hook
    hook.end.set()
    await runner.cleanup()


@pytest.fixture
def _hooked(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a webhook called DESK."""
    monkeypatch.setenv("REPLYCLOCK_SINK_DESK", hook.url)
    monkeypatch.setenv("REPLYCLOCK_SINK_DESK_SECRET", WHSEC)
