"""A handle of a running stand-in Slack, for tests and the demo."""

import json
import urllib.error
import urllib.request
from typing import Any

from dev.slack.api import TOKEN
from dev.slack.courier import SIGNING_SECRET
from dev.slack.interactive_api import APP_TOKEN


class SlackStandIn:
    """Blocking, standard library only. In async code wrap it in `asyncio.to_thread`."""

    token, app_token, signing_secret = TOKEN, APP_TOKEN, SIGNING_SECRET

    def __init__(self, url: str) -> None:
        """`url` is the page's or the API's."""
        self.page_url = url.removesuffix("api/")
        self.url = self.page_url + "api/"
        """What `slack_sdk` wants as `base_url`, and we as `SLACK_API_URL`."""

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Messages of a channel, oldest first.

        Each has ts, text, blocks, metadata, posted_at and edited_at (milliseconds of
        the wall clock), and `edits`: the earlier versions, oldest first, each with
        text, blocks, metadata and replaced_at.
        """
        messages: list[dict[str, Any]] = self._get(f"messages/{channel}")
        return messages

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """API calls in order: method, channel, at (ms), ok, error."""
        calls: list[dict[str, Any]] = self._get("calls")
        return [call for call in calls if method in (None, call["method"])]

    def fail(
        self,
        method: str = "chat.postMessage",
        *,
        error: str | None = None,
        http_status: int | None = None,
        hang_up: bool = False,
        after_accepting: bool = False,
        retry_after: int | None = None,
        channel: str | None = None,
        seconds: float | None = None,
        count: int | None = None,
    ) -> None:
        """Let calls of `method` ("*": all) fail for `seconds` or `count` times.

        Choose one of `error` (200 with `ok: false`), `http_status`, `hang_up` (the
        connection closes without an answer). With `after_accepting` the message is
        stored first and only the answer fails.
        """
        order = {
            "method": method,
            "error": error,
            "http_status": http_status,
            "hang_up": hang_up,
            "after_accepting": after_accepting,
            "retry_after": retry_after,
            "channel": channel,
            "seconds": seconds,
            "count": count,
        }
        self._post("control/fail", order)

    def reset(self) -> None:
        """Forget messages, calls, failures, and what was used of the limits."""
        self._post("control/reset", {})

    def press(
        self,
        channel: str,
        ts: str,
        block_id: str,
        action_id: str,
        *,
        user: str = "U0ANA",
        value: str | None = None,
    ) -> dict[str, Any]:
        """Press a button of a message, or choose `value` in it; how it was delivered.

        `ok` (acknowledged), `answers` (one each attempt), `body` (of the answer),
        `took_ms`.
        """
        place = {"channel": channel, "ts": ts, "block_id": block_id}
        said = {"user": user, "action_id": action_id, "value": value}
        return self._do("press", place | said)

    def submit(self, values: dict[str, Any], user: str = "U0ANA") -> dict[str, Any]:
        """Submit the modal that `user` has before them; as `press`."""
        return self._do("submit", {"user": user, "values": values})

    def command(
        self, text: str, *, channel: str = "C0SALES", user: str = "U0ANA"
    ) -> dict[str, Any]:
        """Type a slash command; as `press`."""
        return self._do("command", {"user": user, "channel": channel, "text": text})

    def deliver_to(self, request_url: str | None, answers_lost: int = 0) -> None:
        """Tell the app by HTTP; None: by Socket Mode, which is how it begins.

        `answers_lost`: so many answers come too late, however early they are.
        """
        order = {"request_url": request_url, "answers_lost": answers_lost}
        self._post("control/app", order)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew, `warning` or `refresh_requested`."""
        self._post("control/disconnect", {"reason": reason})

    def interaction(self) -> dict[str, Any]:
        """`connections`, `deliveries`, `whispers` (private messages), `views`."""
        told: dict[str, Any] = self._get("interaction")
        return told

    def _get(self, path: str) -> Any:
        return self._open(urllib.request.Request(self.page_url + "control/" + path))  # noqa: S310  http by construction

    def _do(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        delivery: dict[str, Any] = self._post(f"do/{what}", body)
        return delivery

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        url, data = self.page_url + path, json.dumps(body).encode()
        return self._open(urllib.request.Request(url, data))  # noqa: S310  http by construction

    def _open(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310  http by construction
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(error.read().decode()) from None
