from dev.slack.page import render_channels, render_page
from dev.slack.workspace import Workspace

BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "No reply <15 min"}},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Nobody* replied"},
        "fields": [{"type": "mrkdwn", "text": "*Queue*\nsales"}],
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "style": "primary",
                "url": "https://x.org/1",
                "text": {"type": "plain_text", "text": "Open"},
            }
        ],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "0.4 s late"}]},
    {"type": "divider"},
]


def test_a_message_shows_its_blocks_and_not_its_metadata():
    """Text beside blocks is for notifications; metadata is for programs."""
    workspace = Workspace()
    workspace.post(
        "C0SALES",
        bot="B1",
        text="fallback text",
        blocks=BLOCKS,
        metadata={"event_type": "secret_type", "event_payload": {}},
    )
    shown = render_channels(workspace, None)
    for part in (
        "<h3>No reply &lt;15 min</h3>",
        "<p><b>Nobody</b> replied</p>",
        '<div class="fields"><p><b>Queue</b><br>sales</p></div>',
        '<a class="button primary" href="https://x.org/1">Open</a>',
        '<div class="context"><span>0.4 s late</span></div>',
        "<hr>",
    ):
        assert part in shown
    assert "fallback text" not in shown
    assert "secret_type" not in shown
    assert "(edited)" not in shown


def test_an_edited_message_says_so():
    """With the number of times, for whoever points at it."""
    workspace = Workspace()
    message = workspace.post("C0OPS", bot="B", text="a", blocks=None, metadata=None)
    workspace.update(message, text="b", blocks=None, metadata=None)
    shown = render_channels(workspace, None)
    assert "(edited)" in shown
    assert "1 times, last at" in shown
    assert "<p>b</p>" in shown


def test_one_channel_can_be_chosen():
    """An unknown one shows all that have messages."""
    workspace = Workspace()
    for channel in ("C0SALES", "C0OPS"):
        workspace.post(channel, bot="B", text="a", blocks=None, metadata=None)
    assert 'id="C0OPS"' not in render_channels(workspace, "C0SALES")
    both = render_channels(workspace, "C0NONE")
    assert 'id="C0OPS"' in both
    assert 'id="C0SALES"' in both


def test_a_long_channel_shows_its_newest_messages():
    """And says how many it leaves out."""
    workspace = Workspace()
    for number in range(103):
        text = f"m{number}."
        workspace.post("C0OPS", bot="B", text=text, blocks=None, metadata=None)
    shown = render_channels(workspace, "C0OPS")
    assert "3 earlier messages" in shown
    assert "m2." not in shown
    assert "m3." in shown
    assert "m102." in shown


def test_the_page_is_a_whole_document():
    """Its script and styles come with it: it loads nothing from elsewhere."""
    page = render_page(Workspace(), None)
    assert page.startswith("<!doctype html>")
    assert "No messages yet" in page
    assert "src=" not in page


def test_a_reply_stands_under_what_it_answers():
    """As in a thread, whatever was posted between."""
    workspace = Workspace()
    said = {"bot": "B1", "blocks": None, "metadata": None}
    first = workspace.post("C0SALES", text="first", **said)
    workspace.post("C0SALES", text="other", **said)
    workspace.post("C0SALES", text="reply", thread_ts=first.ts, **said)

    shown = render_channels(workspace, None)
    assert shown.index("first") < shown.index("reply") < shown.index("other")
    assert shown.count('<article class="reply"') == 1
