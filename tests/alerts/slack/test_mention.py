"""Whom a receiver may call: whoever the file may name, Slack calls."""

import pytest
from pydantic import ValidationError

from alerts.slack.mrkdwn import mention_of
from stream.config.sinks import SlackReceiver


@pytest.mark.parametrize(
    ("mention", "markup"),
    [
        ("@here", "<!here>"),
        ("channel", "<!channel>"),
        ("@everyone", "<!everyone>"),
        ("U0ANA", "<@U0ANA>"),
        ("@W0BEN", "<@W0BEN>"),
        ("S0LEADS", "<!subteam^S0LEADS>"),
    ],
)
def test_what_the_file_may_say_is_markup(mention: str, markup: str) -> None:
    """None of it is posted as the text that it is."""
    receiver = SlackReceiver(channel="C1", mention=mention)
    assert receiver.mention is not None
    assert mention_of(receiver.mention) == markup


@pytest.mark.parametrize(
    "mention", ["@support-leads", "ana", "U", "U0ana", "C0OPS", ""]
)
def test_what_slack_does_not_know_is_refused(mention: str) -> None:
    """It would be dead text: nobody is called by a name."""
    with pytest.raises(ValidationError, match="calls nobody in Slack"):
        SlackReceiver(channel="C1", mention=mention)
