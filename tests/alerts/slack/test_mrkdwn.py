"""Words in Slack's markup."""

import pytest

from alerts.slack.mrkdwn import cut, mention_of, span

SPANS = {
    -5: "0 s",
    0: "0 s",
    449: "0.4 s",
    9_000: "9 s",
    9_949: "9.9 s",
    10_999: "10 s",
    60_000: "1 min",
    61_000: "1 min 1 s",
    5_400_000: "1 h 30 min",
    3_601_000: "1 h",
    90_000_000: "1 d 1 h",
}


@pytest.mark.parametrize(("ms", "expected"), SPANS.items())
def test_span(ms: int, expected: str) -> None:
    """A duration is said with its two largest units."""
    assert span(ms) == expected


MENTIONS = {
    "@here": "<!here>",
    "channel": "<!channel>",
    "U012AB3CD": "<@U012AB3CD>",
    "@S012AB3CD": "<!subteam^S012AB3CD>",
    "<!everyone>": "&lt;!everyone&gt;",
}


@pytest.mark.parametrize(("mention", "expected"), MENTIONS.items())
def test_mention(mention: str, expected: str) -> None:
    """Groups, users and user groups are called; anything else is only said."""
    assert mention_of(mention) == expected


def test_cut_shows_that_it_cut() -> None:
    """A text over its limit ends in an ellipsis at the limit."""
    assert cut("abcde", 5) == "abcde"
    assert cut("abcdef", 5) == "abcd…"
