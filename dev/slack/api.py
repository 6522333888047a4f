"""The methods of Slack's Web API that the stand-in knows."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dev.slack.complaints import Refused
from dev.slack.decoding import attached, decoded
from dev.slack.interactive_api import APP, APP_TOKEN, InteractiveApi
from dev.slack.limits import Bucket, Spacing
from dev.slack.rules import EDITED_TEXT_LIMIT, TEXT_LIMIT, check_content, check_metadata
from dev.slack.workspace import Message, Workspace

Arguments = Mapping[str, Any]

TOKEN = "xoxb-replyclock-demo"  # noqa: S105  nobody's secret: the stand-in's own
OTHER_TOKEN = "xoxb-another-bot"  # noqa: S105  nobody's secret: the stand-in's own
BOTS = {TOKEN: "B0REPLYCLOCK", OTHER_TOKEN: "B0ANOTHER", APP_TOKEN: APP}
"""Whose each token is."""
_HISTORY_LIMIT = 999


class RateLimited(Refused):
    """429: come back after so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


@dataclass(slots=True)
class Api:
    """Answers calls out of a workspace. `now` is any clock's seconds."""

    workspace: Workspace
    interactive: InteractiveApi
    spacing: Spacing = field(default_factory=Spacing)
    updates: Bucket = field(default_factory=Bucket)
    readings: Bucket = field(default_factory=Bucket)

    def method(self, name: str) -> Callable[[str, Arguments, float], dict[str, Any]]:
        """The method called `name`: (bot, arguments, now) to the answer's body.

        Raises `Refused` with Slack's word for what is wrong, as the method does.
        """
        methods = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "apps.connections.open": self.interactive.apps_connections_open,
            "chat.postEphemeral": self.interactive.chat_post_ephemeral,
            "usergroups.users.list": self.interactive.usergroups_users_list,
            "users.info": self.interactive.users_info,
            "views.open": self.interactive.views_open,
        }
        if name not in methods:
            raise Refused("unknown_method")
        return methods[name]

    def _auth_test(self, bot: str, arguments: Arguments, now: float) -> dict[str, Any]:
        del arguments, now
        return {
            "url": "https://stand-in.slack.com/",
            "team": "Stand-in",
            "team_id": "T0STANDIN",
            "user": "replyclock",
            "user_id": bot.replace("B", "U", 1),
            "bot_id": bot,
            "is_enterprise_install": False,
        }

    def _post(self, bot: str, arguments: Arguments, now: float) -> dict[str, Any]:
        channel = self._channel(arguments)
        text, blocks = arguments.get("text"), decoded(arguments, "blocks")
        if not text and not blocks:
            text = attached(decoded(arguments, "attachments"))
        metadata = decoded(arguments, "metadata")
        check_content(text, blocks, text_limit=TEXT_LIMIT)
        check_metadata(metadata)
        thread = self._thread(channel, arguments.get("thread_ts"))
        _limit(self.spacing.take(channel, now))
        message = self.workspace.post(
            channel,
            bot=bot,
            text=text or "",
            blocks=blocks,
            metadata=metadata,
            thread_ts=thread,
        )
        return {"channel": channel, "ts": message.ts, "message": shown_of(message)}

    def _update(self, bot: str, arguments: Arguments, now: float) -> dict[str, Any]:
        channel = self._channel(arguments)
        _limit(self.updates.take(now))
        message = self.workspace.find(channel, str(arguments.get("ts", "")))
        if message.bot != bot:
            raise Refused("cant_update_message")
        text, blocks = arguments.get("text"), decoded(arguments, "blocks")
        metadata = decoded(arguments, "metadata")
        check_content(text, blocks, text_limit=EDITED_TEXT_LIMIT)
        check_metadata(metadata or None)
        # Blocks stay only when no text comes either; and then something must have
        # come, or the check above had refused it. Metadata stays; {} removes it.
        self.workspace.update(
            message,
            text=message.text if text is None else text,
            blocks=blocks,
            metadata=message.metadata if metadata is None else metadata or None,
        )
        return {
            "channel": channel,
            "ts": message.ts,
            "text": message.text,
            "message": shown_of(message),
        }

    def _history(self, bot: str, arguments: Arguments, now: float) -> dict[str, Any]:
        """Newest first, without the replies of threads."""
        del bot
        channel = self._channel(arguments)
        _limit(self.readings.take(now))
        messages = reversed(self.workspace.messages[channel].values())
        found = [message for message in messages if message.thread_ts is None]
        return _pages(arguments, found, newest_first=True)

    def _replies(self, bot: str, arguments: Arguments, now: float) -> dict[str, Any]:
        """A message and the replies to it, oldest first."""
        del bot
        channel = self._channel(arguments)
        _limit(self.readings.take(now))
        first = arguments.get("ts")
        if first not in self.workspace.messages[channel]:
            raise Refused("thread_not_found")
        messages = self.workspace.messages[channel].values()
        found = [m for m in messages if first in {m.ts, m.thread_ts}]
        return _pages(arguments, found, newest_first=False)

    def _thread(self, channel: str, wanted: object) -> str | None:
        """The `ts` of the message that a post answers; a reply's is its parent's."""
        if wanted is None:
            return None
        known = self.workspace.messages[channel].get(str(wanted))
        if known is None:
            raise Refused("thread_not_found")
        return known.thread_ts or known.ts

    def _channel(self, arguments: Arguments) -> str:
        channel = arguments.get("channel")
        if channel not in self.workspace.channels:
            raise Refused("channel_not_found")
        return str(channel)


def _pages(
    arguments: Arguments, messages: Sequence[Message], *, newest_first: bool
) -> dict[str, Any]:
    """The page of `messages` that was asked for."""
    limit = _whole(arguments.get("limit", 100))
    oldest, latest = _bound(arguments, "oldest"), _bound(arguments, "latest")
    cursor = _read_cursor(arguments.get("cursor") or None)
    inclusive = _is_true(arguments.get("inclusive"))
    found = [
        message
        for message in messages
        for ts in (message.ts,)
        if (oldest is None or ts > oldest or (inclusive and ts == oldest))
        and (latest is None or ts < latest or (inclusive and ts == latest))
        and (cursor is None or (ts < cursor if newest_first else ts > cursor))
    ]
    page, has_more = found[:limit], len(found) > limit
    with_payload = _is_true(arguments.get("include_all_metadata"))
    answer: dict[str, Any] = {
        "messages": [_listed(message, with_payload) for message in page],
        "has_more": has_more,
        "pin_count": 0,
    }
    if has_more:
        answer["response_metadata"] = {"next_cursor": _write_cursor(page[-1].ts)}
    return answer


def _limit(retry_after: int) -> None:
    if retry_after:
        raise RateLimited(retry_after)


def shown_of(message: Message) -> dict[str, Any]:
    """As the API gives a message."""
    shown: dict[str, Any] = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": message.bot,
        "text": message.text,
        "ts": message.ts,
    }
    if message.thread_ts is not None:
        shown["thread_ts"] = message.thread_ts
    if message.blocks:
        shown["blocks"] = message.blocks
    elif message.edits:
        # Slack marks an edit only where the text is what is shown.
        seconds = (message.edited_at or 0) / 1000
        shown["edited"] = {"user": message.bot, "ts": f"{seconds:.6f}"}
    return shown


def _listed(message: Message, with_payload: bool) -> dict[str, Any]:  # noqa: FBT001  two callers
    shown = shown_of(message)
    if message.metadata is not None:
        # Without include_all_metadata Slack leaves out the payload, not the type.
        shown["metadata"] = (
            message.metadata
            if with_payload
            else {"event_type": message.metadata["event_type"]}
        )
    return shown


def _whole(value: object) -> int:
    text = str(value)
    if not text.isdecimal() or not 1 <= int(text) <= _HISTORY_LIMIT:
        raise Refused("invalid_limit")
    return int(text)


def _bound(arguments: Arguments, name: str) -> str | None:
    """A ts to compare with, or None where the caller set no bound."""
    value = arguments.get(name)
    if value in (None, "", 0, "0"):
        return None
    seconds, _, micros = str(value).partition(".")
    if not seconds.isdecimal() or not (micros or "0").isdecimal():
        raise Refused(f"invalid_ts_{name}")
    return f"{seconds}.{micros[:6]:<06}"


def _is_true(value: object) -> bool:
    return str(value).lower() in ("1", "true")


def _write_cursor(ts: str) -> str:
    return base64.b64encode(f"next_ts:{ts}".encode()).decode()


def _read_cursor(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        name, _, ts = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_cursor") from None
    if name != "next_ts":
        raise Refused("invalid_cursor")
    return ts
