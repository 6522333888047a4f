"""What an alert says in words: title, sentence, story, the plain text. Pure.

Every word from outside is escaped; how long a text may be is Slack's limit.
"""

from datetime import UTC, datetime
from typing import assert_never

from alerts.alert import Alert, AlertState
from alerts.slack.mrkdwn import NAME_LIMIT, cut, date, escape, name
from alerts.slack.wording import late_by, left, target_of, waited, words_of
from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Reason

HEADER_LIMIT = 150

EMOJI = {
    AlertState.WARNED: "\N{LARGE ORANGE CIRCLE}",
    AlertState.MET: "\N{LARGE GREEN CIRCLE}",
    AlertState.BREACHED: "\N{LARGE RED CIRCLE}",
    AlertState.ANSWERED: "\N{LARGE YELLOW CIRCLE}",
    AlertState.ENDED: "\N{MEDIUM WHITE CIRCLE}",
    AlertState.CANCELLED: "\N{MEDIUM WHITE CIRCLE}",
    AlertState.RETRACTED: "\N{LARGE GREEN CIRCLE}",
}
CHANNELS = {
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


def title_of(alert: Alert) -> str:
    """At most ten words when the queue's name is one."""
    queue = cut(alert.ground.queue, NAME_LIMIT)
    return cut(f"{EMOJI[alert.state]} {queue}: {_state_of(alert)}", HEADER_LIMIT)


def line_of(alert: Alert) -> str:
    """Another promise of the conversation, in the message that is not about it."""
    said = _state_of(alert)
    said = f"{said[:1].upper()}{said[1:]}"
    if alert.state is AlertState.BREACHED:
        said = f"*{said}*, since {date(alert.deadline)}"
    else:
        said = f"{said}: {words_of(alert.ground.measure).measure}"
    return f"{EMOJI[alert.state]} {said}"


def _state_of(alert: Alert) -> str:
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
    return said


def sentence_of(alert: Alert) -> str:
    last, words = alert.last, words_of(alert.ground.measure)
    when, channel = date(last.at, alert.deadline), CHANNELS[alert.ground.channel]
    by = f" by {name(last.author)}" if last.author else ""
    match alert.state:
        case AlertState.WARNED | AlertState.BREACHED if _is_again(alert, last):
            what = _taken_back(last).capitalize()
            return f"{what}, known at {when}. *{words.again}*"
        case AlertState.WARNED:
            return words.ahead.format(when=date(alert.deadline), channel=channel)
        case AlertState.BREACHED:
            return f"*{words.waits.format(channel=channel)}*"
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


def story_of(alert: Alert) -> str:
    """What happened, in the order in which people could know it."""
    steps, words = [], words_of(alert.ground.measure)
    for state, fact in alert.transitions:
        step = _STEPS[state].format(kept=words.kept, never=words.never)
        said = _taken_back(fact) if _is_again(alert, fact) else step
        is_news = state in {AlertState.CANCELLED, AlertState.RETRACTED}
        when = fact.noticed_at if is_news and alert.is_broken else fact.at
        steps.append(f"{date(when, alert.deadline)} {said}")
    return " \N{RIGHTWARDS ARROW} ".join(steps)


def fallback_of(alert: Alert, title: str) -> str:
    breach = alert.ground
    since = breach.started_at or breach.at
    moment = datetime.fromtimestamp(since // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    conversation = name(breach.conversation_id, 512)
    channel = CHANNELS[breach.channel]
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
