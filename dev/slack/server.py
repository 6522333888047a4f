"""The HTTP side of the stand-in: the API, the page, and the control calls."""

import json
import time
from dataclasses import asdict
from typing import Any

from aiohttp import hdrs, web

from dev.slack.api import BOTS, Api, RateLimited
from dev.slack.complaints import Refused
from dev.slack.faults import Failure
from dev.slack.interaction import Interaction
from dev.slack.interactive_api import APP, InteractiveApi
from dev.slack.limits import Bucket, Spacing
from dev.slack.page import render_channels, render_page
from dev.slack.people import USERS
from dev.slack.sockets import Sockets
from dev.slack.views import Views
from dev.slack.workspace import Call, Workspace


class Server:
    """Handlers over one workspace. All run on one event loop, one at a time."""

    def __init__(self, workspace: Workspace, address: str) -> None:
        """`address` is where it will be reached: `127.0.0.1:8095`."""
        self._workspace = workspace
        views, sockets = Views(), Sockets()
        self._sockets, self._views = sockets, views
        self._api = Api(workspace, InteractiveApi(workspace, views, sockets, address))
        self._interaction = Interaction(workspace, views, sockets, address)
        self._failures: list[Failure] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.route(hdrs.METH_ANY, "/api/{method}", self._call),
                web.get("/link/", self._link),
                web.get("/", self._page),
                web.get("/channels", self._channels),
                web.get("/control/ready", self._ready),
                web.get("/control/messages/{channel}", self._messages),
                web.get("/control/calls", self._calls),
                web.post("/control/fail", self._fail),
                web.post("/control/reset", self._reset),
                *self._interaction.routes(),
            ]
        )
        return app

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name, now = request.match_info["method"], time.monotonic()
        try:
            arguments = await _arguments(request)
        except Refused as error:
            return self._refuse(name, None, error)
        channel = arguments.get("channel")
        channel = channel if isinstance(channel, str) else None
        failure = self._failure(name, channel, now)
        if failure is not None and not failure.after_accepting:
            return self._break(request, name, channel, failure)
        try:
            bot = _bot(request, arguments)
            if (bot == APP) is not (name == "apps.connections.open"):
                raise Refused("not_allowed_token_type")  # noqa: TRY301  as the others
            body = self._api.method(name)(bot, arguments, now)
        except Refused as error:
            return self._refuse(name, channel, error)
        if failure is not None:
            return self._break(request, name, channel, failure)
        self._note(name, channel, None)
        return web.json_response({"ok": True, **body})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        """A websocket of Socket Mode; a failure of "link" uses its ticket up, too."""
        self._sockets.use(request.query.get("ticket", ""))
        failure = self._failure("link", None, time.monotonic())
        if failure is not None:
            return self._break(request, "link", None, failure)
        return await self._sockets.connect(request)

    def _failure(self, name: str, channel: str | None, now: float) -> Failure | None:
        return next((f for f in self._failures if f.applies(name, channel, now)), None)

    def _refuse(
        self, name: str, channel: str | None, error: Refused
    ) -> web.StreamResponse:
        self._note(name, channel, error.error)
        body: dict[str, Any] = {"ok": False, "error": error.error}
        if error.complaints:
            body["errors"] = [c.removeprefix("[ERROR] ") for c in error.complaints]
            body["response_metadata"] = {"messages": list(error.complaints)}
        if isinstance(error, RateLimited):
            headers = {hdrs.RETRY_AFTER: str(error.retry_after)}
            return web.json_response(body, status=429, headers=headers)
        return web.json_response(body)

    def _break(
        self, request: web.Request, name: str, channel: str | None, failure: Failure
    ) -> web.StreamResponse:
        """Answer as the failure says."""
        headers = {}
        if failure.retry_after is not None:
            headers[hdrs.RETRY_AFTER] = str(failure.retry_after)
        if failure.error is not None:
            self._note(name, channel, failure.error)
            body = {"ok": False, "error": failure.error}
            return web.json_response(body, headers=headers)
        if failure.http_status is not None:
            self._note(name, channel, f"http {failure.http_status}")
            return web.Response(status=failure.http_status, headers=headers)
        self._note(name, channel, "hang up")
        if request.transport is not None:
            request.transport.abort()
        return web.Response()  # goes nowhere

    def _note(self, name: str, channel: str | None, error: str | None) -> None:
        at = time.time_ns() // 1_000_000
        self._workspace.note(
            Call(method=name, channel=channel, at=at, ok=error is None, error=error)
        )

    async def _page(self, request: web.Request) -> web.Response:
        shown = request.query.get("channel")
        html = render_page(self._workspace, shown, self._views.of(next(iter(USERS))))
        return web.Response(text=html, content_type="text/html")

    async def _channels(self, request: web.Request) -> web.Response:
        """What the page shows, for its own refreshing; 204 when it has that."""
        if request.query.get("seen") == str(self._workspace.version):
            return web.Response(status=204)
        shown, who = request.query.get("channel"), request.query.get("who")
        view = self._views.of(who or "")
        html = render_channels(self._workspace, shown, who, view)
        return web.Response(text=html, content_type="text/html")

    async def _ready(self, _: web.Request) -> web.Response:
        return web.json_response({"channels": self._workspace.channels})

    async def _messages(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        messages = self._workspace.messages.get(channel)
        if messages is None:
            raise web.HTTPNotFound(text=f"no channel {channel}")
        return web.json_response([asdict(message) for message in messages.values()])

    async def _calls(self, _: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self._workspace.calls])

    async def _fail(self, request: web.Request) -> web.Response:
        try:
            failure = Failure.told(await request.json(), time.monotonic())
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        self._failures.append(failure)
        return web.json_response({"ok": True})

    async def _reset(self, _: web.Request) -> web.Response:
        """Forget messages, calls, failures and what was used of the limits."""
        self._workspace.reset()
        self._interaction.reset()
        self._failures.clear()
        self._api.spacing = Spacing()
        self._api.updates, self._api.readings = Bucket(), Bucket()
        return web.json_response({"ok": True})


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Query, form or JSON, as Slack takes them."""
    arguments: dict[str, Any] = dict(request.query)
    if request.method != hdrs.METH_POST:
        return arguments
    if request.content_type == "application/json":
        try:
            # slack_sdk sends no body at all where there are no arguments
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        arguments.update(body)
    elif request.content_type in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        arguments.update(await request.post())
    elif request.can_read_body:
        raise Refused("invalid_post_type")
    return arguments


def _bot(request: web.Request, arguments: dict[str, Any]) -> str:
    """Whose token it is. A JSON body cannot carry it, as with Slack."""
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    token = header.removeprefix("Bearer ") if header else None
    if token is None and request.content_type != "application/json":
        token = arguments.get("token")
    if not token:
        raise Refused("not_authed")
    if token not in BOTS:
        raise Refused("invalid_auth")
    return BOTS[token]
