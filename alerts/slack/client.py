"""Slack's Web API, as much of it as alerts need, through `slack_sdk`.

Failures leave here as `SlackFailure` (alerts.slack.failures). Nothing is retried here:
a post is never repeated before somebody looked whether it happened.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from alerts.failure import FailureReason
from alerts.slack.blocks import Message
from alerts.slack.failures import SlackFailure, failure_of
from alerts.storms.listing import is_list

EVENT_TYPE = "replyclock_alert"
PAGE = 200
"""Messages a page of history: what Slack recommends as the most."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that is in the channel, and the revision that it shows."""

    ts: str
    revision: str


class Slack:
    """One bot's view of Slack. Use as an async context manager."""

    def __init__(self, token: str, api_url: str, timeout_seconds: float = 10.0) -> None:
        self._token = token
        self._api_url = api_url if api_url.endswith("/") else api_url + "/"
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._workspace: str | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=self._timeout, trust_env=True)
        self._web = AsyncWebClient(
            token=self._token,
            base_url=self._api_url,
            session=self._session,
            retry_handlers=[],
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def identify(self) -> str:
        """Ids of the bot and the workspace that the token is for.

        Raises `SlackFailure`.
        """
        answer = await self._call("auth.test", {})
        return f"bot {answer.get('bot_id')} in workspace {answer.get('team_id')}"

    async def link(self, channel: str, ts: str) -> str | None:
        """The message's address, as Slack's own "copy link"; None: not known now."""
        if self._workspace is None:
            try:
                answer = await self._call("auth.test", {})
            except SlackFailure:
                return None  # a message without a link beats none
            self._workspace = str(answer.get("url", "")).rstrip("/")
        return f"{self._workspace}/archives/{channel}/p{ts.replace('.', '')}"

    async def post(
        self,
        channel: str,
        message: Message,
        key: str,
        rev: str,
        thread: str | None = None,
    ) -> str:
        """Post, and return the new message's `ts`. Raises `SlackFailure`.

        `thread`: the `ts` of the message that it answers.
        """
        body = {"channel": channel, **_body(message, key, rev), "unfurl_links": False}
        if thread is not None:
            body["thread_ts"] = thread
        answer = await self._call("chat.postMessage", body)
        return str(answer["ts"])

    async def edit(
        self, channel: str, ts: str, message: Message, key: str, rev: str
    ) -> None:
        """Edit in place. Raises `SlackFailure`."""
        body = {"channel": channel, "ts": ts, **_body(message, key, rev)}
        await self._call("chat.update", body)

    async def find(
        self, channel: str, key: str, since: float, thread: str | None = None
    ) -> Posted | None:
        """Find the message of notice `key` posted after `since` (seconds), if any.

        Raises `SlackFailure`.
        """
        async for posted in self.messages_of(channel, key, since, thread):
            return posted
        return None

    async def lists_of(
        self, channel: str, since: float
    ) -> AsyncIterator[tuple[str, Posted]]:
        """Our list messages posted after `since` (seconds), with their keys."""
        async for key, posted in self._ours(channel, since, None):
            if is_list(key):
                yield key, posted

    async def messages_of(
        self, channel: str, key: str, since: float, thread: str | None = None
    ) -> AsyncIterator[Posted]:
        """All of them: there is one, unless Slack did a post late."""
        async for found, posted in self._ours(channel, since, thread):
            if found == key:
                yield posted

    async def _ours(
        self, channel: str, since: float, thread: str | None
    ) -> AsyncIterator[tuple[str, Posted]]:
        """Our messages with their keys.

        A channel's history has no replies: those are asked for by their `thread`.
        """
        method = "conversations.history"
        query: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since:.6f}",
            "inclusive": "1",
            "include_all_metadata": "1",
            "limit": PAGE,
        }
        if thread is not None:
            method, query["ts"] = "conversations.replies", thread
        while True:
            page = await self._call(method, query, verb="GET")
            for message in page.get("messages", ()):
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT_TYPE:
                    revision = payload.get("revision", "")
                    yield payload["key"], Posted(message["ts"], revision)
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            query["cursor"] = cursor

    async def whisper(
        self, channel: str, user: str, text: str, thread: str | None = None
    ) -> None:
        """Tell `user` alone, in the channel or in a thread. Raises `SlackFailure`."""
        body = {"channel": channel, "user": user, "text": text}
        if thread is not None:
            body["thread_ts"] = thread
        await self._call("chat.postEphemeral", body)

    async def open_modal(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Show a modal to who did what `trigger` is of. Raises `SlackFailure`."""
        await self._call("views.open", {"trigger_id": trigger, "view": view})

    async def members(self, group: str) -> frozenset[str]:
        """Ids of who is in a user group (`S…`). Raises `SlackFailure`.

        Needs the scope `usergroups:read`.
        """
        asked = {"usergroup": group}
        answer = await self._call("usergroups.users.list", asked, verb="GET")
        return frozenset(answer.get("users", ()))

    async def socket_url(self) -> str:
        """Where the next websocket connects, once; with an app-level token.

        Raises `SlackFailure`.
        """
        answer = await self._call("apps.connections.open", {})
        return str(answer["url"])

    async def _call(
        self, method: str, body: dict[str, Any], verb: str = "POST"
    ) -> dict[str, Any]:
        content = {"json": body} if verb == "POST" else {"params": body}
        try:
            answer = await self._web.api_call(method, http_verb=verb, **content)
        except SlackApiError as error:
            raise failure_of(method, error.response) from None
        except aiohttp.ConnectionTimeoutError:
            raise SlackFailure(FailureReason.TIMEOUT, "cannot connect") from None
        except aiohttp.ClientConnectorError as error:
            detail = type(error.os_error).__name__
            raise SlackFailure(FailureReason.NETWORK, detail) from None
        except TimeoutError:
            raise SlackFailure(
                FailureReason.TIMEOUT, "no answer", unclear=True
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            detail = type(error).__name__
            raise SlackFailure(FailureReason.NETWORK, detail, unclear=True) from None
        except AttributeError:
            # slack_sdk reads a plain-text 200 (a proxy's page) as if it were JSON.
            raise SlackFailure(
                FailureReason.SERVER, "not Slack's answer", unclear=True
            ) from None
        if not isinstance(answer.data, dict):
            raise SlackFailure(FailureReason.SERVER, "binary answer", unclear=True)
        return answer.data


def _body(message: Message, key: str, revision: str) -> dict[str, Any]:
    return {
        "text": message.text,
        "blocks": message.blocks,
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {"key": key, "revision": revision},
        },
    }
