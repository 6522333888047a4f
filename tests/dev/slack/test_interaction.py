"""What people do in the stand-in, as Slack would let them and tell of it."""

import json
import time
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient

from dev.slack.client import SlackStandIn
from tests.dev.slack.calls import client_of, refused

pytestmark = pytest.mark.broker

NOBODY = "http://127.0.0.1:9/"
ACTIONS = {
    "type": "actions",
    "block_id": "b",
    "elements": [
        {
            "type": "button",
            "action_id": "go",
            "text": {"type": "plain_text", "text": "Go"},
        }
    ],
}
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "T"},
    "blocks": [{"type": "divider"}],
}


@pytest.fixture
def pressed(slack: SlackStandIn, web: WebClient) -> dict[str, Any]:
    """The delivery of a press that nobody took."""
    slack.deliver_to(NOBODY)
    ts = web.chat_postMessage(channel="C0OPS", text="x", blocks=[ACTIONS])["ts"]
    return slack.press("C0OPS", ts, "b", "go")


def test_a_press_that_nobody_takes_is_tried_three_times(
    pressed: dict[str, Any],
) -> None:
    """Then whoever pressed is shown that it failed."""
    assert pressed["answers"] == ["connection_failed"] * 3
    assert not pressed["ok"]


def test_what_is_not_there_cannot_be_pressed(
    slack: SlackStandIn, web: WebClient
) -> None:
    """The message of before has no such button any more."""
    ts = web.chat_postMessage(channel="C0OPS", text="x", blocks=[ACTIONS])["ts"]
    with pytest.raises(ValueError, match="no stop in b"):
        slack.press("C0OPS", ts, "b", "stop")


def test_a_trigger_opens_one_modal(pressed: dict[str, Any], web: WebClient) -> None:
    """A second time it is spent; one of nowhere opens none."""
    trigger = pressed["payload"]["trigger_id"]
    assert web.views_open(trigger_id=trigger, view=MODAL)["view"]["id"]
    again = refused(lambda: web.views_open(trigger_id=trigger, view=MODAL))
    assert again == (200, "exchanged_trigger_id")
    none = refused(lambda: web.views_open(trigger_id="x", view=MODAL))
    assert none == (200, "invalid_trigger_id")


def test_a_response_url_takes_five_messages(
    slack: SlackStandIn, pressed: dict[str, Any]
) -> None:
    """Each private, unless it says otherwise."""
    url = pressed["payload"]["response_url"]

    def respond() -> int:
        request = urllib.request.Request(url, json.dumps({"text": "a"}).encode())  # noqa: S310  http by construction
        with urllib.request.urlopen(request) as answer:  # noqa: S310  as above
            return int(answer.status)

    assert [respond() for _ in range(5)] == [200] * 5
    with pytest.raises(urllib.error.HTTPError, match="404"):
        respond()
    assert len(slack.interaction()["whispers"]) == 5
    assert len(slack.messages("C0OPS")) == 1


def test_each_token_is_for_its_own_methods(slack: SlackStandIn, web: WebClient) -> None:
    """The app's opens connections and nothing else; the bot's opens none."""
    app = client_of(slack, slack.app_token)
    assert app.apps_connections_open(app_token=slack.app_token)["url"]
    wrong = (200, "not_allowed_token_type")
    assert refused(lambda: app.chat_postMessage(channel="C0OPS", text="x")) == wrong
    assert refused(lambda: web.apps_connections_open(app_token=slack.token)) == wrong


def test_people_and_groups(web: WebClient) -> None:
    """Those that the page offers; others are not known."""
    assert web.usergroups_users_list(usergroup="S0LEADS")["users"] == [
        "U0BEN",
        "U0CLARA",
    ]
    assert web.users_info(user="U0ANA")["user"]["real_name"] == "Ana"
    unknown = refused(lambda: web.usergroups_users_list(usergroup="S0NONE"))
    assert unknown == (200, "no_such_subteam")
    assert refused(lambda: web.users_info(user="U0NONE")) == (200, "user_not_found")


def test_a_private_message_is_nobody_elses(slack: SlackStandIn, web: WebClient) -> None:
    """It is in no history, and only who is in the channel gets one."""
    web.chat_postEphemeral(channel="C0OPS", user="U0ANA", text="only you")
    assert slack.messages("C0OPS") == []
    stranger = {"channel": "C0OPS", "user": "U0NONE", "text": "x"}
    answer = refused(lambda: web.chat_postEphemeral(**stranger))
    assert answer == (200, "user_not_in_channel")


def test_a_trigger_is_valid_for_three_seconds() -> None:
    """By its own clock: nobody waits here."""
    from dev.slack.complaints import Refused  # noqa: PLC0415  of this test alone
    from dev.slack.views import Views  # noqa: PLC0415  as above

    views, now = Views(), time.monotonic()
    trigger = views.trigger("U0ANA", now)
    with pytest.raises(Refused, match="expired_trigger_id"):
        views.open(trigger, MODAL, now + 3.1)
    assert views.open(trigger, MODAL, now + 2.9).user == "U0ANA"
