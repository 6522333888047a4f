"""A trial: the message that shows whether a receiver can be told. Pure."""

from alerts.slack.blocks import Message
from alerts.slack.mrkdwn import mention_of, name

_TITLE = "\N{MEDIUM WHITE CIRCLE} Test of ReplyClock: nothing is broken"
_OVER = "\N{LARGE GREEN CIRCLE} Test of ReplyClock is over"


def begun(by: str, mention: str | None) -> Message:
    """What is posted; it calls whom an alert there would call."""
    called = "" if mention is None else f"{mention_of(mention)} "
    return _message(
        _TITLE,
        f"{called}This is a test by {name(by)} of ReplyClock: nothing is broken.",
    )


def over(by: str) -> Message:
    """What it is edited to."""
    done = "Test is over: it can be posted and edited."
    return _message(_OVER, f"{done} It was by {name(by)}; nothing was broken.")


def _message(title: str, text: str) -> Message:
    header = {"type": "plain_text", "text": title, "emoji": True}
    section = {"type": "mrkdwn", "text": text}
    return Message(
        text=title,
        blocks=[
            {"type": "header", "text": header},
            {"type": "section", "text": section},
        ],
    )
