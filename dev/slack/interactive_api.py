"""Methods of Slack's Web API around what people do: modals, people, private messages.

Sources: docs.slack.dev, reference/methods of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dev.slack.complaints import Refused
from dev.slack.decoding import decoded
from dev.slack.people import GROUPS, USERS
from dev.slack.rules import TEXT_LIMIT, check_content
from dev.slack.sockets import Sockets
from dev.slack.views import Views
from dev.slack.workspace import Workspace

Arguments = Mapping[str, Any]

APP_TOKEN = "xapp-1-A0REPLYCLOCK-stand-in"  # noqa: S105  nobody's secret: the stand-in's own
APP = "A0REPLYCLOCK"


@dataclass(slots=True)
class InteractiveApi:
    """As `Api`; `address` is where the stand-in is, `127.0.0.1:8095`."""

    workspace: Workspace
    views: Views
    sockets: Sockets
    address: str = ""

    def apps_connections_open(
        self, bot: str, arguments: Arguments, now: float
    ) -> dict[str, Any]:
        del bot, arguments, now
        return {"url": f"ws://{self.address}/link/?ticket={self.sockets.ticket()}"}

    def chat_post_ephemeral(
        self, bot: str, arguments: Arguments, now: float
    ) -> dict[str, Any]:
        del now
        channel, user = arguments.get("channel"), arguments.get("user")
        if channel not in self.workspace.channels:
            raise Refused("channel_not_found")
        if user not in USERS:
            raise Refused("user_not_in_channel")
        text, blocks = arguments.get("text"), decoded(arguments, "blocks")
        check_content(text, blocks, text_limit=TEXT_LIMIT)
        thread = arguments.get("thread_ts")
        ts = self.workspace.whisper(
            str(channel), str(user), bot=bot, text=text or "", thread_ts=thread
        )
        return {"message_ts": ts}

    def views_open(self, bot: str, arguments: Arguments, now: float) -> dict[str, Any]:
        view = decoded(arguments, "view")
        opened = self.views.open(arguments.get("trigger_id"), view, now)
        self.workspace.version += 1
        return {"view": {**opened.shown(), "bot_id": bot}}

    def usergroups_users_list(
        self, bot: str, arguments: Arguments, now: float
    ) -> dict[str, Any]:
        del bot, now
        group = arguments.get("usergroup")
        if group not in GROUPS:
            raise Refused("no_such_subteam")
        return {"users": list(GROUPS[str(group)])}

    def users_info(self, bot: str, arguments: Arguments, now: float) -> dict[str, Any]:
        del bot, now
        user = arguments.get("user")
        if user not in USERS:
            raise Refused("user_not_found")
        name = USERS[str(user)]
        return {
            "user": {
                "id": user,
                "team_id": "T0STANDIN",
                "name": name.lower(),
                "real_name": name,
                "deleted": False,
                "is_bot": False,
                "tz": "Europe/Budapest",
                "profile": {"real_name": name, "display_name": name},
            }
        }
