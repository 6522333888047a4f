"""Who is in a user group, as the stand-in Slack says, asked now and then."""

import asyncio

import pytest

from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure
from alerts.slack.groups import FRESH, Groups
from dev.slack.client import SlackStandIn

pytestmark = pytest.mark.broker


async def test_slack_is_asked_once_in_a_while(slack: SlackStandIn) -> None:
    """Within five minutes the answer is good for everybody; then it is asked anew."""
    now = 0.0
    async with Slack(slack.token, slack.url, 5) as client:
        groups = Groups(client.members, lambda: now)
        assert await groups.has("S0LEADS", "U0BEN")
        assert not await groups.has("S0LEADS", "U0ANA")
        now = FRESH
        assert await groups.has("S0LEADS", "U0CLARA")
        assert await calls(slack) == 1
        now = FRESH + 1
        assert await groups.has("S0LEADS", "U0BEN")
        assert await calls(slack) == 2


async def test_while_slack_is_away_it_is_as_it_was(slack: SlackStandIn) -> None:
    """A group that was never known is a failure, and no yes."""
    now = 0.0
    async with Slack(slack.token, slack.url, 5) as client:
        groups = Groups(client.members, lambda: now)
        assert await groups.has("S0LEADS", "U0BEN")
        now = FRESH + 1
        await asyncio.to_thread(
            lambda: slack.fail("usergroups.users.list", http_status=503, seconds=60)
        )
        assert await groups.has("S0LEADS", "U0BEN")
        assert not await groups.has("S0LEADS", "U0ANA")
        with pytest.raises(SlackFailure, match="503"):
            await groups.has("S0EMPTY", "U0BEN")


async def calls(slack: SlackStandIn) -> int:
    return len(await asyncio.to_thread(slack.calls, "usergroups.users.list"))
