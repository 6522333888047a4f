"""An alert as a Slack message: Block Kit and the plain text beside it.

Pure. The conversation id is a pseudonym; who the customer is stands here only where
the caller says it. Every word from outside is escaped and cut to Slack's limits.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, assert_never

from alerts.alert import OPEN, Alert, AlertState
from alerts.customer import Shown
from alerts.slack.calling import Call, beside, in_thread
from alerts.slack.mrkdwn import (
    NAME_LIMIT,
    cut,
    date,
    escape,
    mention_of,
    name,
    one_line,
    span,
)
from alerts.slack.wording import late_by, left, target_of, waited, words_of
from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Reason

Block = dict[str, Any]

HEADER_LIMIT, TEXT_LIMIT, FIELD_LIMIT, URL_LIMIT = 150, 3000, 2000, 3000

EMOJI = {
    AlertState.WARNED: "\N{LARGE ORANGE CIRCLE}",
    AlertState.MET: "\N{LARGE GREEN CIRCLE}",
    AlertState.BREACHED: "\N{LARGE RED CIRCLE}",
    AlertState.ANSWERED: "\N{LARGE YELLOW CIRCLE}",
    AlertState.ENDED: "\N{MEDIUM WHITE CIRCLE}",
    AlertState.CANCELLED: "\N{MEDIUM WHITE CIRCLE}",
    AlertState.RETRACTED: "\N{LARGE GREEN CIRCLE}",
}
_CHANNELS = {
    Channel.WHATSAPP: "WhatsApp",
    Channel.MESSENGER: "Messenger",
    Channel.INSTAGRAM: "Instagram",
    Channel.WEBCHAT: "Web chat",
    Channel.EMAIL: "Email",
    Channel.SMS: "SMS",
    Channel.TELEGRAM: "Telegram",
    Channel.OTHER: "Other",
}
_ENDINGS = {
    Reason.CLOSED: "closed",
    Reason.SPAM: "marked as spam",
    Reason.MERGED: "merged into another",
    Reason.LAPSED: "lapsed",
    Reason.ABANDONED: "abandoned",
    Reason.UNRESOLVED: "given up",
    Reason.NO_PROMISE: "no longer promised",
    Reason.RESOLVED: "resolved",
    Reason.NO_REPLY_NEEDED: "marked as needing no reply",
}
_TAKEN_BACK = {
    Reason.DELIVERY_FAILED: "reply not delivered",
    Reason.RECLASSIFIED: "reply does not count",
}
_STEPS = {
    AlertState.WARNED: "warned",
    AlertState.MET: "{kept} in time",
    AlertState.BREACHED: "promise broken",
    AlertState.ANSWERED: "{kept}",
    AlertState.ENDED: "ended, {never}",
    AlertState.CANCELLED: "cancelled",
    AlertState.RETRACTED: "found {kept} in time",
}


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
) -> Message:
    """Write the message of `alert`; `mention` is called while the promise is broken.

    `call`: of a message beside the first.
    """
    title = _title(alert)
    if call is not None and call.in_thread:
        return _reply(alert, mention, call, title)
    sentence = _called(alert, mention, _sentence(alert))
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
    button = _button(alert.ground.link or shown.link)
    if button is not None:
        blocks.append({"type": "actions", "elements": [button]})
    lines = [_context(alert)]
    if call is not None:
        lines.insert(0, beside(alert, call))
    if len(alert.transitions) > 1:
        lines.insert(0, _story(alert))
    blocks += [
        {"type": "context", "elements": [_mrkdwn(line, FIELD_LIMIT)]} for line in lines
    ]
    return Message(text=_fallback(alert, title), blocks=blocks)


def _reply(alert: Alert, mention: str | None, call: Call, title: str) -> Message:
    """Short: the message that it answers says the rest."""
    said = f"*{escape(title)}*"
    if alert.state is AlertState.BREACHED:
        news = in_thread(alert, call)
        title = f"{title}: {news}"
        said = _called(alert, mention, f"*{news}* {_sentence(alert)}")
    block = {"type": "section", "text": _mrkdwn(said, TEXT_LIMIT)}
    return Message(text=_fallback(alert, title), blocks=[block])


def _called(alert: Alert, mention: str | None, sentence: str) -> str:
    if mention is None or alert.state is not AlertState.BREACHED:
        return sentence
    return f"{mention_of(mention)} {sentence}"


def _title(alert: Alert) -> str:
    """At most ten words when the queue's name is one."""
    breach, last = alert.ground, alert.last
    words = words_of(breach.measure)
    match alert.state:
        case AlertState.WARNED | AlertState.BREACHED if _is_again(alert, last):
            said = f"waiting again, {_taken_back(last)}"
        case AlertState.WARNED:
            said = words.near.format(left=left(alert))
        case AlertState.MET:
            said = f"{words.kept} in time"
        case AlertState.BREACHED:
            said = words.missing
            if (target := target_of(breach)) is not None:
                said += f" within {target}"
        case AlertState.ANSWERED:
            said = f"{words.kept} {late_by(alert)} late"
        case AlertState.ENDED:
            said = f"{_ending(last)}, {words.never}"
        case AlertState.CANCELLED:
            said = f"{_ending(last)} before the deadline"
        case AlertState.RETRACTED:
            said = f"was {words.kept} in time"
        case _:
            assert_never(alert.state)
    queue = cut(breach.queue, NAME_LIMIT)
    return cut(f"{EMOJI[alert.state]} {queue}: {said}", HEADER_LIMIT)


def _sentence(alert: Alert) -> str:
    last, words = alert.last, words_of(alert.ground.measure)
    when = date(last.at, alert.deadline)
    by = f" by {name(last.author)}" if last.author else ""
    match alert.state:
        case AlertState.WARNED | AlertState.BREACHED if _is_again(alert, last):
            what = _taken_back(last).capitalize()
            return f"{what}, known at {when}. *{words.again}*"
        case AlertState.WARNED:
            return words.ahead.format(when=date(alert.deadline))
        case AlertState.BREACHED:
            return f"*{words.waits}*"
        case AlertState.ANSWERED | AlertState.MET | AlertState.RETRACTED:
            said = f"{words.kept.capitalize()}{by} at {when}"
        case AlertState.ENDED | AlertState.CANCELLED:
            said = f"{_ending(last).capitalize()} at {when}"
        case _:
            assert_never(alert.state)
    if alert.state in {AlertState.ANSWERED, AlertState.ENDED}:
        return f"{said}, after {waited(alert)}."
    late = "; the news arrived late" if alert.is_broken else ""
    return f"{said}{late}. Nothing to do."


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
    fields.append(("Channel", _CHANNELS[breach.channel]))
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


def _story(alert: Alert) -> str:
    """What happened, in the order in which people could know it."""
    steps, words = [], words_of(alert.ground.measure)
    for state, fact in alert.transitions:
        step = _STEPS[state].format(kept=words.kept, never=words.never)
        said = _taken_back(fact) if _is_again(alert, fact) else step
        is_news = state in {AlertState.CANCELLED, AlertState.RETRACTED}
        when = fact.noticed_at if is_news and alert.is_broken else fact.at
        steps.append(f"{date(when, alert.deadline)} {said}")
    return " \N{RIGHTWARDS ARROW} ".join(steps)


def _context(alert: Alert) -> str:
    breach = alert.ground
    noticed = date(breach.noticed_at, alert.deadline)
    instant = "the deadline" if alert.is_broken else "the warning point"
    since = instant if breach.known_at is None else "it could be known"
    parts = [f"noticed {span(alert.lateness)} after {since}, at {noticed}"]
    if breach.policy is not None:
        version = f" ({name(breach.policy_version)})" if breach.policy_version else ""
        parts.insert(0, f"Policy *{name(breach.policy)}*{version}")
    conversation = name(breach.conversation_id, 512).replace("`", "'")
    parts.append(f"conversation `{conversation}`")
    return " \N{MIDDLE DOT} ".join(parts)


def _fallback(alert: Alert, title: str) -> str:
    breach = alert.ground
    since = breach.started_at or breach.at
    moment = datetime.fromtimestamp(since // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    conversation = name(breach.conversation_id, 512)
    channel = _CHANNELS[breach.channel]
    title = escape(title)
    return f"{title} ({channel}, since {moment} UTC, conversation {conversation})"


def _is_again(alert: Alert, fact: Fact) -> bool:
    """Whether `fact` makes the customer wait again: a reply was taken back."""
    is_breach = fact.kind is FactKind.BREACHED and fact is not alert.ground
    return is_breach or fact.kind is FactKind.REPLY_RETRACTED


def _taken_back(fact: Fact) -> str:
    known = None if fact.reason is None else _TAKEN_BACK.get(fact.reason)
    return known or "reply taken back"


def _ending(fact: Fact) -> str:
    return _ENDINGS.get(fact.reason, "ended") if fact.reason is not None else "ended"


def _mrkdwn(text: str, limit: int) -> Block:
    return {"type": "mrkdwn", "text": cut(text, limit)}
