"""What people do in the stand-in: press, choose, submit, command; how it is told.

The page and the tests do it by the same paths below `/do/`; what an app sends to a
`response_url` comes in here, too.
"""

import json
import time
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web

from dev.slack import payloads
from dev.slack.api import BOTS, TOKEN, shown_of
from dev.slack.complaints import Refused
from dev.slack.courier import Courier, Delivery
from dev.slack.people import USERS
from dev.slack.sockets import Sockets
from dev.slack.views import Views
from dev.slack.workspace import Workspace

RESPONSES = 5
"""A response_url takes so many messages (docs.slack.dev, handling-user-interaction)."""


@dataclass(slots=True)
class Interaction:
    """Handlers over one workspace; `address` is the stand-in's, `127.0.0.1:8095`."""

    workspace: Workspace
    views: Views
    sockets: Sockets
    address: str
    courier: Courier = field(init=False)
    _responses: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Of each response_url: channel, user, how many it still takes."""

    def __post_init__(self) -> None:
        self.courier = Courier(self.sockets)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/response/{name}", self._response),
            web.post("/do/press", self._press),
            web.post("/do/submit", self._submit),
            web.post("/do/close", self._close),
            web.post("/do/command", self._command),
            web.post("/control/app", self._app),
            web.post("/control/disconnect", self._disconnect),
            web.get("/control/interaction", self._told),
        ]

    def reset(self) -> None:
        """Socket Mode, nothing told, nothing open; connections stay."""
        self.courier.request_url = None
        self.courier.answers_lost = 0
        self.courier.deliveries.clear()
        for user in USERS:
            self.views.close(user)

    async def _press(self, request: web.Request) -> web.Response:
        """Body: user, channel, ts, block_id, action_id, value?."""
        said = await request.json()
        now = time.time()
        who, channel = said["user"], said["channel"]
        try:
            message = self.workspace.find(channel, said["ts"])
            action = payloads.action_of(
                message, said["block_id"], said["action_id"], said.get("value"), now
            )
        except (LookupError, Refused) as error:
            raise web.HTTPNotFound(text=str(error)) from None
        payload = payloads.block_actions(
            who,
            message,
            shown_of(message),
            action,
            trigger=self.views.trigger(who, time.monotonic()),
            response_url=self._response_url(channel, who),
            channel_name=self.workspace.channels[channel],
        )
        return _told(await self.courier.deliver("interactive", payload))

    async def _submit(self, request: web.Request) -> web.Response:
        """Body: user, values (as `view.state.values`)."""
        said = await request.json()
        view = self.views.of(said["user"])
        if view is None:
            raise web.HTTPNotFound(text="nothing is open")
        payload = payloads.view_submission(said["user"], view, said["values"])
        delivery = await self.courier.deliver("interactive", payload)
        if delivery.body.get("response_action") == "errors":
            view.errors = delivery.body["errors"]
        elif delivery.ok:
            self.views.close(said["user"])
        self.workspace.version += 1
        return _told(delivery)

    async def _close(self, request: web.Request) -> web.Response:
        self.views.close((await request.json())["user"])
        self.workspace.version += 1
        return web.json_response({})

    async def _command(self, request: web.Request) -> web.Response:
        """Body: user, channel, text (with the command)."""
        said = await request.json()
        who, channel = said["user"], said["channel"]
        payload = payloads.slash_command(
            who,
            channel,
            said["text"],
            trigger=self.views.trigger(who, time.monotonic()),
            response_url=self._response_url(channel, who),
            channel_name=self.workspace.channels[channel],
        )
        delivery = await self.courier.deliver("slash_commands", payload)
        if delivery.body.get("text"):
            self._answer(channel, who, delivery.body)
        return _told(delivery)

    def _response_url(self, channel: str, who: str) -> str:
        name = uuid4().hex
        self._responses[name] = channel, who, RESPONSES
        return f"http://{self.address}/response/{name}"

    async def _response(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        channel, who, left = self._responses.get(name, ("", "", 0))
        if left == 0:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        self._responses[name] = channel, who, left - 1
        self._answer(channel, who, json.loads(await request.read()))
        return web.json_response({"ok": True})

    def _answer(self, channel: str, who: str, said: dict[str, Any]) -> None:
        """Private unless it says `in_channel`."""
        bot, text = BOTS[TOKEN], str(said.get("text", ""))
        if said.get("response_type") == "in_channel":
            self.workspace.post(
                channel, bot=bot, text=text, blocks=said.get("blocks"), metadata=None
            )
        else:
            self.workspace.whisper(channel, who, bot=bot, text=text, thread_ts=None)

    async def _app(self, request: web.Request) -> web.Response:
        """Body: request_url (null: Socket Mode), answers_lost?."""
        said = await request.json()
        self.courier.request_url = said["request_url"]
        self.courier.answers_lost = said.get("answers_lost", 0)
        return web.json_response({})

    async def _disconnect(self, request: web.Request) -> web.Response:
        await self.sockets.disconnect((await request.json())["reason"])
        return web.json_response({})

    async def _told(self, _: web.Request) -> web.Response:
        """What was told to the app, who was told what privately, what is open."""
        opened = {user: self.views.of(user) for user in USERS}
        return web.json_response(
            {
                "connections": self.sockets.count,
                "deliveries": [asdict(each) for each in self.courier.deliveries],
                "whispers": [asdict(each) for each in self.workspace.whispers],
                "views": {u: v.shown() for u, v in opened.items() if v is not None},
            }
        )


def _told(delivery: Delivery) -> web.Response:
    return web.json_response(asdict(delivery))
