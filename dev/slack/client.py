"""A handle of a running stand-in Slack, for tests and the demo."""

import json
import urllib.error
import urllib.request
from typing import Any

from dev.slack.api import TOKEN


class SlackStandIn:
    """Blocking, standard library only. In async code wrap it in `asyncio.to_thread`."""

    token = TOKEN

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
        self._post("fail", order)

    def reset(self) -> None:
        """Forget messages, calls, failures, and what was used of the limits."""
        self._post("reset", {})

    def _get(self, path: str) -> Any:
        return self._open(urllib.request.Request(self.page_url + "control/" + path))  # noqa: S310  http by construction

    def _post(self, path: str, body: dict[str, Any]) -> None:
        url, data = self.page_url + "control/" + path, json.dumps(body).encode()
        self._open(urllib.request.Request(url, data))  # noqa: S310  http by construction

    def _open(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  http by construction
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(error.read().decode()) from None
