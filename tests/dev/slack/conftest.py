import pytest
from slack_sdk import WebClient

from dev.slack.client import SlackStandIn
from tests.dev.slack.calls import client_of


@pytest.fixture
def web(slack: SlackStandIn) -> WebClient:
    """Slack's own client, which retries nothing by itself."""
    return client_of(slack)
