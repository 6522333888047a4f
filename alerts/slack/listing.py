"""A list message as a Slack message: many alerts at once (semantics 4.3). Pure."""

from typing import Any

from alerts.alert import Alert, AlertState
from alerts.slack.blocks import Message
from alerts.slack.mrkdwn import cut, date, escape, mention_of, name, span
from alerts.slack.wording import words_of
from alerts.storms.listing import SHOWN, Cause, Listing

Block = dict[str, Any]

HEADER_LIMIT, TEXT_LIMIT = 150, 3000
_NAMED = 3
"""So many queues are named; others are counted."""
_LATE = 60_000
"""So late a news is ours to explain (ms)."""
_SCHEMES = ("https://", "http://")

_MEANWHILE = {
    Cause.DOWNTIME: ("While we were away", "since"),
    Cause.OPENING: ("While you were closed", "meanwhile"),
    Cause.UNMUTED: ("While it was muted", "meanwhile"),
}


def list_message(listing: Listing, mention: str | None = None) -> Message:
    """Write it; `mention` is called while somebody waits."""
    title = _title(listing)
    said = "\n".join(_sentences(listing))
    if mention is not None and listing.waiting:
        said = f"{mention_of(mention)} {said}"
    blocks: list[Block] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": title, "emoji": True},
        },
        _section(said),
    ]
    if listing.overdue:
        blocks.append(_section("\n".join(_overdue(listing))))
    if listing.waiting:
        blocks.append(_buttons(listing.key))
    return Message(text=escape(title), blocks=blocks)


def _title(listing: Listing) -> str:
    if listing.cause is Cause.LOST:
        return "\N{MEDIUM WHITE CIRCLE} This list is no longer kept"
    if listing.cause is Cause.STORM:
        return cut(
            f"{_light(listing)} {_whose(listing)}: {_count(listing)}", HEADER_LIMIT
        )
    return cut(f"{_light(listing)} {_away(listing)}", HEADER_LIMIT)


def _light(listing: Listing) -> str:
    if listing.waiting:
        return "\N{LARGE RED CIRCLE}"
    return "\N{LARGE YELLOW CIRCLE}"


def _count(listing: Listing) -> str:
    if listing.waiting:
        return f"{listing.waiting} wait, {listing.total} promises broken"
    if listing.is_growing:
        return f"nobody waits now, {listing.total} promises broken"
    return f"storm over, {listing.total} promises broken, nobody waits"


def _away(listing: Listing) -> str:
    while_, since = _MEANWHILE[listing.cause]
    answered = listing.over.get(AlertState.ANSWERED, 0)
    waits = f"{listing.waiting} wait" if listing.waiting else "nobody waits"
    return f"{while_}: {listing.total} broken, {answered} answered {since}, {waits}"


def _whose(listing: Listing) -> str:
    queues = sorted(listing.queues, key=lambda queue: (-listing.queues[queue], queue))
    if len(queues) > _NAMED:
        return f"{len(queues)} queues"
    return ", ".join(cut(queue, 30) for queue in queues)


def _sentences(listing: Listing) -> list[str]:
    if listing.cause is Cause.LOST:
        return ["What it was about was lost. *Who still waits is told again* below."]
    found = [_state(listing)]
    if len(listing.queues) > 1:
        counts = sorted(listing.queues.items(), key=lambda item: (-item[1], item[0]))
        said = ", ".join(f"{name(queue)} {count}" for queue, count in counts[:SHOWN])
        more = len(counts) - SHOWN
        found.append(
            f"Broken: {said}" + (f" and {more} queues more" if more > 0 else "")
        )
    if listing.waiting:
        found += [
            f"Nobody of *{name(queue)}* has replied since {date(at)}."
            for queue, at in listing.unanswered[:_NAMED]
        ]
    if listing.late > _LATE and listing.waiting:
        late = span(listing.late)
        found.append(
            f"Our own data is late: the last was noticed {late} after it broke."
        )
    return found


def _state(listing: Listing) -> str:
    if listing.is_over:
        return _sum(listing)
    trend = _trend(listing)
    if not listing.waiting:
        return f"*Nobody waits now.* {trend}"
    return f"*{listing.waiting} customers wait.* {trend}"


def _trend(listing: Listing) -> str:
    since = f"Since {date(listing.began)}: {_ends(listing)}."
    if listing.waited is None or listing.waited == listing.waiting:
        change = ""
    else:
        by = listing.waiting - listing.waited
        change = f"{abs(by)} {'more' if by > 0 else 'fewer'} than before. "
    going = "Still growing." if listing.is_growing else "No new ones join."
    if listing.cause is not Cause.STORM:
        going = ""
    return f"{change}{going} {since}".strip()


def _ends(listing: Listing) -> str:
    """How the others ended."""
    over = listing.over
    kept = sum(n for state, n in over.items() if state not in _UNKEPT)
    said = [f"{listing.total} broken", f"{over.get(AlertState.ANSWERED, 0)} answered"]
    if ended := over.get(AlertState.ENDED, 0):
        said.append(f"{ended} ended without an answer")
    if kept:
        said.append(f"{kept} found in time or closed before")
    return ", ".join(said)


_UNKEPT = {AlertState.ANSWERED, AlertState.ENDED}


def _sum(listing: Listing) -> str:
    said = f"{_ends(listing).capitalize()}."
    if listing.ended is not None:
        when = f"{date(listing.began)} to {date(listing.ended, listing.began)}"
        said = f"{said} From {when}; the longest {span(listing.longest)} late."
    return f"{said} Nothing to do."


def _overdue(listing: Listing) -> list[str]:
    head = "*The most overdue*" if listing.waiting > SHOWN else "*Waiting*"
    return [head, *map(_line, listing.overdue)]


def _line(alert: Alert) -> str:
    breach = alert.ground
    missing = words_of(breach.measure).missing
    said = f"\N{BULLET} *{name(breach.queue)}*: {missing}, due {date(alert.deadline)}"
    if alert.escalations:
        to = ", ".join(f"*{name(fact.to or '')}*" for fact in alert.escalations)
        said = f"{said}, escalated to {to}"
    link = breach.link
    if link is not None and link.startswith(_SCHEMES):
        return f"{said} <{escape(link)}|Open>"
    return (
        f"{said}, conversation `{name(breach.conversation_id).replace('`', chr(39))}`"
    )


def _buttons(key: str) -> Block:
    take = {
        "type": "button",
        "action_id": "take",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Take all", "emoji": True},
    }
    return {"type": "actions", "block_id": f"presses/{key}", "elements": [take]}


def _section(text: str) -> Block:
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": cut(text, TEXT_LIMIT)},
    }
