"""Slack's answers, good and bad, from a server that says them byte for byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from alerts.failure import FailureReason
from alerts.slack.blocks import Message
from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure

MESSAGE = Message(text="hello", blocks=[])
TOKEN = "xoxb-secret"


@asynccontextmanager
async def answering(response: web.Response | None) -> AsyncIterator[str]:
    """Serve an API that always answers `response`; None: never."""

    async def answer(_: web.Request) -> web.Response:
        if response is None:
            await asyncio.Event().wait()
        assert response is not None
        return response

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api"
    finally:
        await runner.cleanup()


async def failure_of(url: str) -> SlackFailure:
    async with Slack(TOKEN, url, timeout_seconds=0.3) as slack:
        with pytest.raises(SlackFailure) as caught:
            await slack.post("C0SALES", MESSAGE, "key", "rev")
    return caught.value


def said(error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error})


R = FailureReason
CASES = {
    "a wrong token is for a person": (said("invalid_auth"), R.TOKEN, False),
    "a missing scope is for a person": (said("missing_scope"), R.TOKEN, False),
    "an unknown channel is for a person": (
        said("channel_not_found"),
        R.CHANNEL,
        False,
    ),
    **{
        f"{word} is for a person, and holds the channel": (said(word), R.CHANNEL, False)
        for word in (
            "is_archived",
            "is_inactive",
            "messages_tab_disabled",
            "posting_to_general_channel_denied",
            "restricted_action_thread_locked",
        )
    },
    "a deleted message is gone": (said("message_not_found"), R.GONE, False),
    "bad blocks are the message's fault": (said("invalid_blocks"), R.MESSAGE, False),
    "an unknown error is the message's fault": (said("brand_new"), R.MESSAGE, False),
    "an internal error may have posted": (said("internal_error"), R.SERVER, True),
    "503 may have posted": (
        web.Response(status=503, text="upstream timeout"),
        R.SERVER,
        True,
    ),
    "500 with words in JSON may have posted": (
        web.json_response({"ok": False, "error": "oops"}, status=500),
        R.SERVER,
        True,
    ),
    "a proxy's page may have posted": (web.Response(text="login here"), R.SERVER, True),
    "broken JSON may have posted": (
        web.Response(text="{", content_type="application/json"),
        R.SERVER,
        True,
    ),
    "no answer may have posted": (None, R.TIMEOUT, True),
}


@pytest.mark.parametrize(("response", "reason", "unclear"), CASES.values(), ids=CASES)
async def test_failure(
    response: web.Response | None, reason: FailureReason, *, unclear: bool
) -> None:
    """Each answer has the reason that its case says."""
    async with answering(response) as url:
        failure = await failure_of(url)

    assert (failure.reason, failure.unclear) == (reason, unclear)
    assert TOKEN not in str(failure)


async def test_rate_limit_says_how_long() -> None:
    """429 surely did not post, and carries what Slack said in Retry-After."""
    limited = web.json_response(
        {"ok": False, "error": "ratelimited"},
        status=429,
        headers={"Retry-After": "7"},
    )
    async with answering(limited) as url:
        failure = await failure_of(url)

    assert failure.reason is FailureReason.RATE_LIMITED
    assert failure.retry_after == 7
    assert not failure.unclear


async def test_nobody_listens() -> None:
    """A connection that was refused surely did not post."""
    async with answering(web.Response()) as url:
        pass
    failure = await failure_of(url)

    assert (failure.reason, failure.unclear) == (FailureReason.NETWORK, False)


async def test_find_reads_every_page() -> None:
    """The message is found on a later page, among messages of others."""
    metadata = {
        "event_type": "replyclock_alert",
        "event_payload": {"key": "mine", "revision": "r1"},
    }
    other = {
        "event_type": "task_created",
        "event_payload": {"id": "TK-1"},
    }
    asked = []

    async def history(request: web.Request) -> web.Response:
        asked.append(dict(request.query))
        if "cursor" in request.query:
            messages = [{"ts": "1.5", "metadata": metadata}]
            return web.json_response({"ok": True, "messages": messages})
        return web.json_response(
            {
                "ok": True,
                "messages": [{"ts": "2.0"}, {"ts": "1.9", "metadata": other}],
                "response_metadata": {"next_cursor": "abc="},
            }
        )

    app = web.Application()
    app.router.add_get("/api/conversations.history", history)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    async with Slack(TOKEN, url) as slack:
        found = await slack.find("C0SALES", "mine", since=1.25)
    await runner.cleanup()

    assert found is not None
    assert (found.ts, found.revision) == ("1.5", "r1")
    assert asked[0] == {
        "channel": "C0SALES",
        "oldest": "1.250000",
        "inclusive": "1",
        "include_all_metadata": "1",
        "limit": "200",
    }
    assert asked[1] == asked[0] | {"cursor": "abc="}
