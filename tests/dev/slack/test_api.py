"""The methods, called on the running server with Slack's own client."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from dev.slack.api import OTHER_TOKEN
from dev.slack.client import SlackStandIn
from tests.dev.slack.calls import client_of, refused

METADATA = {"event_type": "alert", "event_payload": {"key": "k1"}}
DIVIDER = [{"type": "divider"}]


def test_a_message_is_accepted_and_kept(slack: SlackStandIn, web: WebClient):
    """The answer has channel and ts; the stand-in keeps all that was sent."""
    before = time.time_ns() // 1_000_000
    answer = web.chat_postMessage(
        channel="C0SALES", text="hello", blocks=DIVIDER, metadata=METADATA
    )
    assert answer["channel"] == "C0SALES"
    assert answer["message"]["text"] == "hello"
    [kept] = slack.messages("C0SALES")
    assert before <= kept.pop("posted_at") <= time.time_ns() // 1_000_000
    assert kept == {
        "channel": "C0SALES",
        "ts": answer["ts"],
        "bot": "B0REPLYCLOCK",
        "text": "hello",
        "blocks": DIVIDER,
        "metadata": METADATA,
        "thread_ts": None,
        "edited_at": None,
        "edits": [],
    }


def test_attachments_alone_are_a_message(slack: SlackStandIn, web: WebClient):
    """Alertmanager sends nothing else; their titles and texts are what is shown."""
    attached = [{"title": "PAGE", "text": "one"}, {"title": "TICKET", "text": "two"}]
    body = {"channel": "C0OPS", "attachments": attached}
    web.api_call("chat.postMessage", json=body)
    [kept] = slack.messages("C0OPS")
    assert kept["text"] == "PAGE\none\nTICKET\ntwo"


def test_the_token_is_checked(slack: SlackStandIn, web: WebClient):
    """None and a wrong one are told apart."""
    assert web.auth_test()["bot_id"] == "B0REPLYCLOCK"
    wrong = client_of(slack, "xoxb-wrong")
    assert refused(wrong.auth_test) == (200, "invalid_auth")
    assert refused(client_of(slack, None).auth_test) == (200, "not_authed")


REFUSED_POSTS: list[tuple[dict[str, Any], str]] = [
    ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    ({"channel": "sales", "text": "x"}, "channel_not_found"),
    ({"channel": "C0SALES", "text": "x" * 40_001}, "msg_too_long"),
    (
        {"channel": "C0SALES", "text": "x", "metadata": {"event_type": "x"}},
        "invalid_metadata_schema",
    ),
    (
        {"channel": "C0SALES", "text": "x", "blocks": [{"type": "x"}]},
        "invalid_blocks",
    ),
    (
        {
            "channel": "C0SALES",
            "text": "x",
            "blocks": [{"type": "markdown", "text": "x" * 6_601}] * 2,
        },
        "msg_blocks_too_long",
    ),
]


@pytest.mark.parametrize(("arguments", "error"), REFUSED_POSTS)
def test_a_refused_post_is_not_kept(
    slack: SlackStandIn, web: WebClient, arguments: dict[str, Any], error: str
):
    """Answered 200 with `ok: false`, noted as a call, and uses no allowance."""
    assert refused(lambda: web.chat_postMessage(**arguments)) == (200, error)
    assert slack.messages("C0SALES") == []
    [call] = slack.calls("chat.postMessage")
    assert (call["ok"], call["error"]) == (False, error)
    web.chat_postMessage(channel="C0SALES", text="next")


def test_invalid_blocks_come_with_their_places(web: WebClient):
    """As Slack tells them, in `response_metadata`."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as error:
        web.chat_postMessage(channel="C0SALES", text="x", blocks=blocks)
    complaint = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    response = error.value.response
    assert response["errors"] == [complaint]
    assert response["response_metadata"]["messages"] == [f"[ERROR] {complaint}"]


def test_a_second_message_within_a_second_is_too_many(
    slack: SlackStandIn, web: WebClient
):
    """429 with Retry-After in whole seconds; other channels are not held up."""
    web.chat_postMessage(channel="C0SALES", text="one")
    with pytest.raises(SlackApiError) as error:
        web.chat_postMessage(channel="C0SALES", text="two")
    response = error.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "1"
    web.chat_postMessage(channel="C0OPS", text="one")
    assert [m["text"] for m in slack.messages("C0SALES")] == ["one"]


def test_slacks_own_retry_handler_gets_through(slack: SlackStandIn):
    """It sleeps as told, and the messages are a second apart."""
    patient = WebClient(
        token=slack.token,
        base_url=slack.url,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)],
    )
    patient.chat_postMessage(channel="C0SALES", text="one")
    patient.chat_postMessage(channel="C0SALES", text="two")
    first, second = slack.messages("C0SALES")
    assert second["posted_at"] - first["posted_at"] >= 1000


def test_updates_are_counted_in_the_whole_workspace(web: WebClient):
    """Fifty in a row pass, whatever the channel; then 429."""
    stamps = [
        (channel, web.chat_postMessage(channel=channel, text="x")["ts"])
        for channel in ("C0SALES", "C0OPS")
    ]
    for channel, ts in stamps * 25:
        web.chat_update(channel=channel, ts=ts, text="y")
    channel, ts = stamps[0]
    # Meanwhile a few more may have become allowed, but not ten.
    answers = [
        status_of(lambda: web.chat_update(channel=channel, ts=ts, text="z"))
        for _ in range(10)
    ]
    assert answers[-1] == 429


def status_of(call: Callable[[], Any]) -> int:
    try:
        status: int = call().status_code
    except SlackApiError as error:
        return error.response.status_code
    return status


def test_an_edit_replaces_text_and_blocks(slack: SlackStandIn, web: WebClient):
    """Text without blocks removes them; metadata stays until another comes."""
    posted = web.chat_postMessage(
        channel="C0SALES", text="one", blocks=DIVIDER, metadata=METADATA
    )
    answer = web.chat_update(channel="C0SALES", ts=posted["ts"], text="two")
    assert answer["ts"] == posted["ts"]
    [message] = slack.messages("C0SALES")
    assert (message["text"], message["blocks"]) == ("two", None)
    assert message["metadata"] == METADATA
    [edit] = message["edits"]
    assert (edit["text"], edit["blocks"]) == ("one", DIVIDER)
    assert edit["replaced_at"] == message["edited_at"] >= message["posted_at"]


def test_only_ones_own_messages_are_edited(slack: SlackStandIn, web: WebClient):
    """Another bot's message cannot be changed, a missing one not found."""
    other = client_of(slack, OTHER_TOKEN)
    theirs = other.chat_postMessage(channel="C0SALES", text="theirs")["ts"]
    edit = {"channel": "C0SALES", "text": "mine"}
    assert refused(lambda: web.chat_update(ts=theirs, **edit)) == (
        200,
        "cant_update_message",
    )
    assert refused(lambda: web.chat_update(ts="1.000000", **edit)) == (
        200,
        "message_not_found",
    )
    long = {"channel": "C0SALES", "ts": theirs, "text": "x" * 4_001}
    assert refused(lambda: other.chat_update(**long)) == (200, "msg_too_long")


def test_history_gives_metadata_when_asked(web: WebClient):
    """Without `include_all_metadata` the payload is missing."""
    web.chat_postMessage(channel="C0SALES", text="x", metadata=METADATA)
    [bare] = web.conversations_history(channel="C0SALES")["messages"]
    assert bare["metadata"] == {"event_type": "alert"}
    history = web.conversations_history(channel="C0SALES", include_all_metadata=True)
    assert [m["metadata"] for m in history["messages"]] == [METADATA]


def test_history_is_paged_newest_first(slack: SlackStandIn):
    """Cursors lead through all messages, each once."""
    web = WebClient(
        token=slack.token,
        base_url=slack.url,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)],
    )
    for number in range(3):
        web.chat_postMessage(channel="C0DEMO", text=str(number))
    pages, cursor = [], None
    while True:
        page = web.conversations_history(channel="C0DEMO", limit=2, cursor=cursor)
        pages.append([message["text"] for message in page["messages"]])
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert pages == [["2", "1"], ["0"]]
    stamps = [message["ts"] for message in slack.messages("C0DEMO")]
    bounds = {"oldest": stamps[0], "latest": stamps[2]}
    assert texts(web, **bounds) == ["1"]
    assert texts(web, **bounds, inclusive=True) == ["2", "1", "0"]
    assert texts(web, oldest=str(float(stamps[0]) - 0.5)) == ["2", "1", "0"]


def test_a_reply_is_in_its_thread_only(slack: SlackStandIn):
    """History leaves it out; replies gives it after what it answers, in pages."""
    stamps = [post_slowly(slack, text) for text in ("first", "other")]
    for text in ("a reply", "another"):
        post_slowly(slack, text, thread_ts=stamps[0])
    web = client_of(slack, slack.token)

    assert texts(web) == ["other", "first"]
    found, cursor = [], None
    while cursor != "":
        page = web.conversations_replies(
            channel="C0DEMO", ts=stamps[0], limit=2, cursor=cursor
        )
        found += [message["text"] for message in page["messages"]]
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
    assert found == ["first", "a reply", "another"]
    nowhere = {"channel": "C0DEMO", "ts": "1.000000"}
    assert refused(lambda: web.conversations_replies(**nowhere)) == (
        200,
        "thread_not_found",
    )
    nowhere = {"channel": "C0OPS", "text": "x", "thread_ts": "1.000000"}
    assert refused(lambda: web.chat_postMessage(**nowhere)) == (200, "thread_not_found")


def post_slowly(slack: SlackStandIn, text: str, **fields: Any) -> str:
    """A message a second is what Slack takes; its own client waits."""
    web = client_of(slack, slack.token)
    web.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    return str(web.chat_postMessage(channel="C0DEMO", text=text, **fields)["ts"])


def texts(web: WebClient, **arguments: Any) -> list[str]:
    history = web.conversations_history(channel="C0DEMO", **arguments)
    return [message["text"] for message in history["messages"]]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1000}, "invalid_limit"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "tomorrow"}, "invalid_ts_latest"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
def test_history_refuses_nonsense(
    web: WebClient, arguments: dict[str, Any], error: str
):
    """Rather than giving a wrong list."""
    call = {"channel": "C0SALES", **arguments}
    assert refused(lambda: web.conversations_history(**call)) == (200, error)


def test_an_unknown_method(slack: SlackStandIn, web: WebClient):
    """What the stand-in does not know it does not pretend to do."""
    assert refused(lambda: web.api_call("chat.delete")) == (200, "unknown_method")
