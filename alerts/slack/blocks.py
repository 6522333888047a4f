"""An alert as a Slack message: Block Kit and the plain text beside it.

Pure. The conversation id is a pseudonym; who the customer is stands here only where
the caller says it. Every word from outside is escaped and cut to Slack's limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alerts.alert import OPEN, Alert, AlertState
from alerts.customer import Shown
from alerts.slack.calling import Call, beside, in_thread
from alerts.slack.details import conversation_of
from alerts.slack.mrkdwn import cut, date, escape, mention_of, name, one_line
from alerts.slack.sentences import (
    CHANNELS,
    fallback_of,
    line_of,
    sentence_of,
    story_of,
    title_of,
)
from alerts.slack.wording import target_of, waited, words_of

Block = dict[str, Any]

TEXT_LIMIT, FIELD_LIMIT, URL_LIMIT = 3000, 2000, 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`text` is what notifications and screen readers say."""

    text: str
    blocks: list[Block]


_NOTHING = Shown()


def message_of(
    alert: Alert,
    mention: str | None = None,
    shown: Shown = _NOTHING,
    *,
    call: Call | None = None,
    others: Sequence[Alert] = (),
) -> Message:
    """Write the message of `alert`; `mention` is called while the promise is broken.

    `call`: of a message beside the first. `others`: promises of the conversation that
    are lines of it.
    """
    title = title_of(alert)
    if call is not None and call.in_thread:
        return _reply(alert, mention, call, title)
    sentence = _called(alert, mention, sentence_of(alert))
    blocks: list[Block] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": title, "emoji": True},
        },
        {
            "type": "section",
            "text": _mrkdwn(sentence, TEXT_LIMIT),
            "fields": _fields(alert, shown.customer),
        },
    ]
    if others:
        beside_it = "\n".join(map(line_of, others))
        blocks.append({"type": "section", "text": _mrkdwn(beside_it, TEXT_LIMIT)})
    button = _button(alert.ground.link or shown.link)
    if button is not None:
        blocks.append({"type": "actions", "elements": [button]})
    lines = [_context(alert)]
    if call is not None:
        lines.insert(0, beside(alert, call))
    if len(alert.transitions) > 1:
        lines.insert(0, story_of(alert))
    blocks += [
        {"type": "context", "elements": [_mrkdwn(line, FIELD_LIMIT)]} for line in lines
    ]
    return Message(text=fallback_of(alert, title), blocks=blocks)


def _reply(alert: Alert, mention: str | None, call: Call, title: str) -> Message:
    """Short: the message that it answers says the rest."""
    said = f"*{escape(title)}*"
    if alert.state is AlertState.BREACHED:
        news = in_thread(alert, call)
        title = f"{title}: {news}"
        said = _called(alert, mention, f"*{news}* {sentence_of(alert)}")
    block = {"type": "section", "text": _mrkdwn(said, TEXT_LIMIT)}
    return Message(text=fallback_of(alert, title), blocks=[block])


def _called(alert: Alert, mention: str | None, sentence: str) -> str:
    if mention is None or alert.state is not AlertState.BREACHED:
        return sentence
    return f"{mention_of(mention)} {sentence}"


def _fields(alert: Alert, customer: str | None) -> list[Block]:
    breach = alert.ground
    fields = []
    if breach.started_at is not None:
        since = date(breach.started_at, alert.deadline)
        if alert.state in OPEN:
            fields.append(("Waiting since", since))
        else:
            fields.append(("Waited", f"{waited(alert)}, from {since}"))
    fields.append(("Deadline", date(alert.deadline)))
    if (target := target_of(breach)) is not None:
        within = words_of(breach.measure).within
        fields.append(("Target", f"{within} {target}"))
    fields.append(("Channel", CHANNELS[breach.channel]))
    if breach.assignee is not None:
        fields.append(("Assigned to", name(breach.assignee)))
    blocks = [_mrkdwn(f"*{label}*\n{value}", FIELD_LIMIT) for label, value in fields]
    if customer is not None:
        # Plain: whatever a stranger is called, it is no markup, and calls nobody.
        text = f"Customer\n{one_line(customer)}"
        blocks.insert(0, {"type": "plain_text", "text": text, "emoji": False})
    return blocks


def _button(link: str | None) -> Block | None:
    if link is None or len(link) > URL_LIMIT or not link.startswith(_SCHEMES):
        return None
    return {
        "type": "button",
        "action_id": "open_conversation",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Open conversation", "emoji": True},
        "url": link,
    }


_SCHEMES = ("https://", "http://")


def _context(alert: Alert) -> str:
    """What to look further with; the rest is in `alerts.slack.details`."""
    parts = [f"conversation `{conversation_of(alert)}`"]
    if alert.ground.policy is not None:
        parts.insert(0, f"Policy *{name(alert.ground.policy)}*")
    return " \N{MIDDLE DOT} ".join(parts)


def _mrkdwn(text: str, limit: int) -> Block:
    return {"type": "mrkdwn", "text": cut(text, limit)}
