from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.preview.markup import mrkdwn, plain

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

CASES = {
    "bold, italic, struck": ("*a b* _c_ ~d~", "<b>a b</b> <i>c</i> <s>d</s>"),
    "an asterisk between words is no bold": ("2 * 3 * 4", "2 * 3 * 4"),
    "underscores within a word stay": ("snake_case_name", "snake_case_name"),
    "what Slack escapes is shown as it was": (
        "a &lt;b&gt; &amp; c",
        "a &lt;b&gt; &amp; c",
    ),
    "a tag is text": ("a<script>x", "a&lt;script&gt;x"),
    "a link with a name": (
        "<https://x.org/*a*?b=1&amp;c=2|the *page*>",
        '<a href="https://x.org/*a*?b=1&amp;c=2">the *page*</a>',
    ),
    "a bare link": ("<https://x.org>", '<a href="https://x.org">https://x.org</a>'),
    "no link leads to a script": (
        "<javascript:alert(1)|x>",
        "&lt;javascript:alert(1)|x&gt;",
    ),
    "everybody here": ("<!here> x", '<span class="mention">@here</span> x'),
    "a user": ("<@U123>", '<span class="mention">@U123</span>'),
    "a group with its name": (
        "<!subteam^S1|@leads>",
        '<span class="mention">@leads</span>',
    ),
    "code keeps its signs": ("`a *b* <c>`", "<code>a *b* &lt;c&gt;</code>"),
    "a block of code": ("```x\ny```", "<pre>x\ny</pre>"),
    "lines": ("a\nb", "a<br>b"),
    "a date in the reader's zone": (
        "<!date^1700000000^{date_short_pretty} at {time_secs}|then>",
        "<time>Nov 14, 2023 at 22:13:20</time>",
    ),
    "a date that is none shows its fallback": (
        "<!date^x^{time}|then>",
        "<time>then</time>",
    ),
}


@pytest.mark.parametrize(("text", "shown"), CASES.values(), ids=CASES.keys())
def test_markup_is_shown_as_slack_shows_it(text: str, shown: str):
    """And nothing that a customer writes becomes HTML."""
    assert mrkdwn(text, NOW) == shown


def test_a_date_is_of_the_readers_zone():
    """Whatever zone this machine is in."""
    text = "<!date^1700000000^{time}|then>"
    shown = {
        zone: mrkdwn(text, NOW.astimezone(ZoneInfo(zone)))
        for zone in ("Asia/Tokyo", "America/New_York")
    }
    assert shown == {
        "Asia/Tokyo": "<time>07:13</time>",
        "America/New_York": "<time>17:13</time>",
    }


@pytest.mark.parametrize(
    ("days", "shown"), [(-1, "yesterday"), (0, "today"), (1, "tomorrow")]
)
def test_days_around_today_have_names(days: int, shown: str):
    """Where Slack's format is a `pretty` one."""
    noon = NOW.replace(hour=12) + timedelta(days=days)
    text = f"<!date^{int(noon.timestamp())}^{{date_short_pretty}}|x>"
    assert mrkdwn(text, NOW) == f"<time>{shown}</time>"


def test_plain_text_knows_no_markup():
    """Stars stay, lines and circles are drawn."""
    assert plain("*a*\n<b>") == "*a*<br>&lt;b&gt;"
    assert plain("\N{LARGE RED CIRCLE} x") == (
        '<span class="dot" style="background:#e01e5a"></span> x'
    )
