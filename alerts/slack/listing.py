"""A list message as a Slack message: many alerts at once (semantics 4.3). Pure."""

from collections.abc import Callable
from typing import Any

from alerts.alert import Alert, AlertState
from alerts.presses.press import Press, PressKind
from alerts.slack.blocks import Message
from alerts.slack.buttons import BLOCK, button, standing
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
    Cause.DOWNTIME: ("while we were away", "since"),
    Cause.OPENING: ("while you were closed", "meanwhile"),
    Cause.UNMUTED: ("while muted", "meanwhile"),
}

_BESIDE = {
    Cause.ESCALATIONS: ", escalated",
    Cause.RETURNS: ", taken and not done",
    Cause.FALLBACKS: ", told here as well",
}


def _no_link(_: Alert) -> str | None:
    return None


def list_message(
    listing: Listing,
    mention: str | None = None,
    link_of: Callable[[Alert], str | None] = _no_link,
    *,
    can_press: bool = True,
) -> Message:
    """Write it; `mention` is called while somebody waits.

    `link_of`: where an alert leads whose facts have no link. `can_press`: whether a
    press would reach us: else there are no buttons.
    """
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
        blocks.append(_section("\n".join(_overdue(listing, link_of))))
    if listing.waiting and can_press:
        blocks.append(_buttons(listing))
    return Message(text=escape(title), blocks=blocks)


def _title(listing: Listing) -> str:
    if listing.cause is Cause.LOST:
        return "\N{MEDIUM WHITE CIRCLE} This list is no longer kept"
    said = _away(listing) if listing.cause in _MEANWHILE else _count(listing)
    return cut(f"{_light(listing)} {_whose(listing)}{said}", HEADER_LIMIT)


def _light(listing: Listing) -> str:
    if listing.waiting:
        return "\N{LARGE RED CIRCLE}"
    return "\N{LARGE YELLOW CIRCLE}"


def _count(listing: Listing) -> str:
    promises = "promise" if listing.total == 1 else "promises"
    broken = f"{listing.total} {promises} broken"
    why = _BESIDE.get(listing.cause, "")
    if listing.waiting or why:
        return f"{why}: {_waits(listing)}, {broken}"
    now = "nobody waits now" if listing.is_growing else "storm over, nobody waits"
    return f": {now}, {broken}"


def _away(listing: Listing) -> str:
    meanwhile, since = _MEANWHILE[listing.cause]
    answered = listing.over.get(AlertState.ANSWERED, 0)
    broken = f"{listing.total} broken, {answered} answered {since}"
    return f", {meanwhile}: {broken}, {_waits(listing)}"


def _waits(listing: Listing) -> str:
    match listing.waiting:
        case 0:
            return "nobody waits"
        case 1:
            return "1 waits"
        case many:
            return f"{many} wait"


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
    if listing.taken is not None and listing.waiting:
        found += _taken(listing, listing.taken)
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


def _taken(listing: Listing, press: Press) -> list[str]:
    """Who has them; of those that come back, who had them."""
    has, count = listing.taken_count, listing.waiting
    if has == count:
        return [standing("Taken", press, listing.began, None)]
    if has:
        said = standing(f"{has} of {count} taken, the last", press, listing.began, None)
        return [f"{said}. *Nobody has the others.*"]
    if listing.cause is Cause.RETURNS:
        return [standing("Taken", press, listing.began, press.until)]
    return []


def _state(listing: Listing) -> str:
    if listing.is_over:
        return _sum(listing)
    said = ["*Nobody waits now.*"]
    if listing.waiting:
        waits = "customer waits" if listing.waiting == 1 else "customers wait"
        said = [f"*{listing.waiting} {waits}.*"]
    if listing.waited is not None and listing.waited != listing.waiting:
        by = listing.waiting - listing.waited
        said.append(f"{abs(by)} {'more' if by > 0 else 'fewer'} than before.")
    if listing.cause is Cause.STORM:
        said.append("Still growing." if listing.is_growing else "No new ones join.")
        said.append(f"Since {date(listing.began)}: {_ends(listing)}.")
    return " ".join(said)


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


def _overdue(listing: Listing, link_of: Callable[[Alert], str | None]) -> list[str]:
    head = "*The most overdue*" if listing.waiting > SHOWN else "*Waiting*"
    lines = [_line(each, each.ground.link or link_of(each)) for each in listing.overdue]
    return [head, *lines]


def _line(alert: Alert, link: str | None) -> str:
    breach = alert.ground
    missing = words_of(breach.measure).missing
    said = f"\N{BULLET} *{name(breach.queue)}*: {missing}, due {date(alert.deadline)}"
    if alert.escalations:
        to = ", ".join(f"*{name(fact.to or '')}*" for fact in alert.escalations)
        said = f"{said}, escalated to {to}"
    if link is not None and link.startswith(_SCHEMES):
        return f"{said} <{escape(link)}|Open>"
    return (
        f"{said}, conversation `{name(breach.conversation_id).replace('`', chr(39))}`"
    )


def _buttons(listing: Listing) -> Block:
    elements = []
    if listing.taken_count < listing.waiting:
        elements.append(button(PressKind.TAKE, "Take all", style="primary"))
    if listing.taken_count:
        elements.append(button(PressKind.GIVE_BACK, "Give back all"))
    block_id = f"{BLOCK}{listing.key}"
    return {"type": "actions", "block_id": block_id, "elements": elements}


def _section(text: str) -> Block:
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": cut(text, TEXT_LIMIT)},
    }
