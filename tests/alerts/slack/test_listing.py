"""A list message: its words, and that Slack takes it."""

from dataclasses import replace
from typing import Any

from alerts.alert import AlertState, Told
from alerts.folding import fold
from alerts.presses.press import Press, PressKind
from alerts.slack.listing import list_message
from alerts.storms.listing import SHOWN, Cause, Listing
from dev.slack.rules import TEXT_LIMIT, check_content
from stream.sla.instants import MINUTE
from tests.alerts.cycles import DEADLINE, Cycle

ALERT = fold([Told.of(Cycle("<a>", queue="<@U0ALL> & co").breached(), 0)])
assert ALERT is not None
STORM = Listing(
    key="storm:a",
    version=1,
    cause=Cause.STORM,
    receiver="sales-slack",
    began=DEADLINE,
    is_held=False,
    is_growing=True,
    queues={"sales": 7},
    waiting=6,
    over={AlertState.ENDED: 1},
    longest=MINUTE,
    ended=DEADLINE + MINUTE,
    late=12 * MINUTE,
    overdue=[ALERT] * SHOWN,
    last_replies={},
)


def said(listing: Listing, **known: Any) -> str:
    message = list_message(listing, **known)
    return "\n".join(b["text"]["text"] for b in message.blocks if "text" in b)


def test_our_own_data_is_late():
    """Said while somebody waits: the breach may be older than the message looks."""
    late = "Our own data is late: the last was noticed 12 min after it broke."
    assert late in said(STORM)
    assert late not in said(replace(STORM, late=2_000))
    assert late not in said(replace(STORM, waiting=0, overdue=()))


def test_whoever_waits_calls_the_receiver():
    """Over, it calls nobody, has no button, and says that nothing is to be done."""
    over = replace(STORM, waiting=0, overdue=(), is_growing=False)
    assert "<!here> *6 customers wait.*" in said(STORM, mention="@here")
    assert "<!here>" not in said(over, mention="@here")
    assert said(over).endswith("Nothing to do.")
    kinds = [block["type"] for block in list_message(over).blocks]
    assert kinds == ["header", "section"]


def test_where_a_conversation_is_found():
    """By the fact's link, or else by the queue's; other addresses are none."""
    assert "conversation `&lt;a&gt;`" in said(STORM)
    linked = said(STORM, link_of=lambda _: "https://desk.example/a?b&c")
    assert "<https://desk.example/a?b&amp;c|Open>" in linked
    assert "script" not in said(STORM, link_of=lambda _: "javascript:script")


def test_slack_takes_the_largest():
    """Fifty queues with long names, whatever the cause; a name is no markup."""
    queues = {f"{'x' * 200}{n}": 10 for n in range(50)}
    for cause in Cause:
        listing = replace(STORM, cause=cause, queues=queues, last_replies={})
        message = list_message(listing, "@here")
        check_content(message.text, message.blocks, text_limit=TEXT_LIMIT)
        assert "<@U0ALL>" not in said(listing)


def test_where_no_press_is_heard_there_is_no_button():
    """Neither an app token nor a signing secret is set: who presses waits in vain."""
    blocks = list_message(STORM, can_press=False).blocks
    assert [block["type"] for block in blocks] == ["header", "section", "section"]


def test_some_are_taken():
    """Who has them, how many; and both buttons: nobody has the others."""
    take = Press(press_id="1", kind=PressKind.TAKE, by="U0ANA", at=DEADLINE)
    blocks = list_message(replace(STORM, taken=take, taken_count=4)).blocks
    assert "4 of 6 taken, the last by <@U0ANA>" in blocks[1]["text"]["text"]
    pressed = [element["action_id"] for element in blocks[-1]["elements"]]
    assert pressed == ["take", "give_back"]
