"""The running server: bodies, failures it is told to make, the page, a restart."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from dev.slack.client import SlackStandIn
from dev.stack import Stack
from tests.dev.slack.calls import client_of, refused

METADATA = {"event_type": "alert", "event_payload": {"key": "k1"}}
DIVIDER = [{"type": "divider"}]


def test_a_form_is_as_good_as_json(slack: SlackStandIn):
    """Blocks and metadata come as JSON in a form's fields."""
    form = {
        "token": slack.token,
        "channel": "C0SALES",
        "text": "x",
        "blocks": json.dumps(DIVIDER),
        "metadata": json.dumps(METADATA),
    }
    assert raw(slack, urllib.parse.urlencode(form).encode())["ok"]
    [message] = slack.messages("C0SALES")
    assert (message["blocks"], message["metadata"]) == (DIVIDER, METADATA)


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"<x/>", "text/xml", "invalid_post_type"),
        (
            b"token=xoxb-replyclock-demo&channel=C0SALES&text=x&blocks=[",
            "application/x-www-form-urlencoded",
            "invalid_blocks_format",
        ),
        (
            b"token=xoxb-replyclock-demo&channel=C0SALES&text=",
            "application/x-www-form-urlencoded",
            "no_text",
        ),
        (b'{"token": "xoxb-replyclock-demo"}', "application/json", "not_authed"),
    ],
)
def test_a_broken_body_is_refused(
    slack: SlackStandIn, body: bytes, kind: str, error: str
):
    """With Slack's word for it; a token in a JSON body is none."""
    assert raw(slack, body, kind) == {"ok": False, "error": error}


def raw(
    slack: SlackStandIn, body: bytes, kind: str = "application/x-www-form-urlencoded"
) -> Any:
    url = slack.url + "chat.postMessage"
    request = urllib.request.Request(url, body, {"Content-Type": kind})  # noqa: S310  http by construction
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  http by construction
        return json.load(answer)


def test_it_fails_as_told_then_works(slack: SlackStandIn, web: WebClient):
    """An error twice, a status once with Retry-After; nothing is kept of those."""
    slack.fail(error="internal_error", count=2)
    slack.fail(http_status=503, retry_after=7, count=1)

    def post() -> Any:
        return web.chat_postMessage(channel="C0SALES", text="x")

    assert refused(post) == (200, "internal_error")
    assert refused(post) == (200, "internal_error")
    with pytest.raises(SlackApiError) as error:
        post()
    assert error.value.response.status_code == 503
    assert error.value.response.headers["Retry-After"] == "7"
    post()
    assert len(slack.messages("C0SALES")) == 1
    assert [call["error"] for call in slack.calls("chat.postMessage")] == [
        "internal_error",
        "internal_error",
        "http 503",
        None,
    ]


def test_a_timed_failure_hits_every_method(slack: SlackStandIn, web: WebClient):
    """Until it ends or is taken back by a reset."""
    slack.fail("*", error="fatal_error", seconds=60)
    assert refused(web.auth_test) == (200, "fatal_error")
    slack.reset()
    web.auth_test()


@pytest.mark.parametrize("failure", [{"hang_up": True}, {"http_status": 500}])
def test_it_can_accept_a_message_and_fail_the_answer(
    slack: SlackStandIn, web: WebClient, failure: dict[str, Any]
):
    """The sender cannot know; the message is found again by its metadata."""
    slack.fail(after_accepting=True, count=1, **failure)
    with pytest.raises((SlackApiError, http.client.HTTPException, OSError)):
        web.chat_postMessage(channel="C0SALES", text="x", metadata=METADATA)
    history = web.conversations_history(channel="C0SALES", include_all_metadata=True)
    assert [m["metadata"] for m in history["messages"]] == [METADATA]


def test_a_senseless_order_is_refused(slack: SlackStandIn):
    """The handle says what is wrong with it."""
    with pytest.raises(ValueError, match="choose one of seconds and count"):
        slack.fail(error="x")


def test_the_page_shows_a_message_and_refreshes(slack: SlackStandIn, web: WebClient):
    """The page's own refresh gets the new part, or 204 when nothing changed."""
    web.chat_postMessage(channel="C0SALES", text="look at *me*")
    page = get(slack.page_url)
    assert "look at <b>me</b>" in page
    version = page.partition('data-version="')[2].partition('"')[0]
    assert get(slack.page_url + "channels?seen=" + version) == ""
    web.chat_postMessage(channel="C0OPS", text="more")
    assert "more" in get(slack.page_url + "channels?seen=" + version)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  http by construction
        text: str = answer.read().decode()
        return text


def test_killed_and_started_again_it_knows_its_messages(
    start_stack: Callable[..., Stack],
):
    """Even the message whose answer nobody got."""
    stack = start_stack("slack")
    slack = SlackStandIn(stack.slack_url)
    web = client_of(slack)
    slack.fail(after_accepting=True, hang_up=True, count=1)
    with pytest.raises((http.client.HTTPException, OSError)):
        web.chat_postMessage(channel="C0SALES", text="x", metadata=METADATA)
    before = slack.messages("C0SALES")
    stack.kill("slack")
    with pytest.raises(urllib.error.URLError):
        web.auth_test()
    stack.restart("slack")
    assert slack.messages("C0SALES") == before
    web.chat_update(channel="C0SALES", ts=before[0]["ts"], text="found again")
    assert len(slack.calls("chat.postMessage")) == 1
