"""How the tests call the running stand-in."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from dev.slack.client import SlackStandIn


def client_of(slack: SlackStandIn, token: str | None = SlackStandIn.token) -> WebClient:
    return WebClient(token=token, base_url=slack.url, retry_handlers=[])


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(SlackApiError) as error:
        call()
    return error.value.response.status_code, error.value.response["error"]
