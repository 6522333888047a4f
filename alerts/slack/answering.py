"""What whoever pressed is told, privately: one sentence or two. Pure."""

from alerts.alert import AlertState
from alerts.entry import Entry
from alerts.presses.handling import Handling, is_muted
from alerts.presses.press import Press, PressKind
from alerts.slack.mrkdwn import date, mention_of, name
from alerts.slack.wording import words_of

NOT_ALLOWED = "You may not act on alerts: the rules file (`may_act`) says who may."
NOT_NOW = "That could not be written down just now. Press again in a minute."
NO_TIME = "It has to end later than now. Nothing was changed."
UNKNOWN = "This alert is not known any more. Nothing was changed."
NO_ANSWER_PROMISED = (
    "What was promised here is no answer but to resolve it: that ends when it is"
    " resolved or closed. Nothing was changed."
)

_DONE = {
    PressKind.TAKE: "{it} yours until {until}. Nobody else is called before.",
    PressKind.GIVE_BACK: "{it} given back. Whoever is to be called is called again.",
    PressKind.SNOOZE: "{it} snoozed until {until}. Nobody else is called before.",
    PressKind.WAKE: "{it} awake again. Whoever is to be called is called.",
    PressKind.NO_REPLY_NEEDED: "Noted that no reply is needed. The rules decide, and"
    " the message says so when they have.",
}
_NOTHING_TO_UNDO = {
    PressKind.GIVE_BACK: "Nobody had taken it. Nothing was changed.",
    PressKind.WAKE: "It was not snoozed. Nothing was changed.",
}
_DID = {
    PressKind.TAKE: "took it",
    PressKind.SNOOZE: "snoozed it",
}


def of_one(press: Press, before: Handling, after: Handling, *, is_news: bool) -> str:
    """`before` and `after`: what stood when it came, and what stands now.

    `is_news`: False of a repetition, which is told what the first was.
    """
    stood, stands = _standing(press.kind, before), _standing(press.kind, after)
    if press.kind in _NOTHING_TO_UNDO:
        if stands is not None:
            return f"{_who_did(stands)} after you: that stands."
        if stood is None and is_news:
            return _NOTHING_TO_UNDO[press.kind]
    elif press.kind in _DID and (stands is None or stands.order > press.order):
        if stands is None:
            return "It was undone after you pressed: that stands."
        return f"{_who_did(stands)} after you: that stands."
    said = _done(press, "It is")
    is_others = stood is not None and stood.by != press.by and stood.holds(press.at)
    return f"{said} {_who_did(stood)} before." if stood and is_others else said


def of_many(press: Press, count: int) -> str:
    """Of a message about `count` waits."""
    return _done(press, "It is" if count == 1 else f"All {count} are")


def of_queue(
    press: Press, queue: str, before: Press | None, after: Press, now: int
) -> str:
    """Of a queue that was muted, or is to be heard again."""
    named = f"*{name(queue)}*"
    if after.order > press.order:
        if is_muted(after, now):
            return f"{named} stays muted: {mention_of(after.by)} did that after you."
        return f"{named} is not muted: {mention_of(after.by)} undid that after you."
    if press.kind is PressKind.UNMUTE:
        is_news = is_muted(before, now) or before == press
        return f"{named} {'is not muted any more' if is_news else 'was not muted'}."
    assert press.until is not None  # else it was refused
    return (
        f"{named} is muted until {date(press.until)}: no new message meanwhile, and who"
        " still waits then is told."
    )


def over(entry: Entry) -> str:
    """Of an alert that ended before it was pressed on."""
    assert entry.alert is not None  # what makes it known
    words = words_of(entry.alert.ground.measure)
    said = {
        AlertState.ANSWERED: f"{words.kept} meanwhile",
        AlertState.MET: f"{words.kept} in time",
        AlertState.RETRACTED: f"{words.kept} in time",
    }.get(entry.alert.state, "over")
    return f"Nothing to do any more: it is {said}. Nothing was changed."


def _done(press: Press, subject: str) -> str:
    until = "" if press.until is None else date(press.until, press.at)
    return _DONE[press.kind].format(it=subject, until=until)


def _who_did(press: Press) -> str:
    when = date(press.at, press.at)
    return f"{mention_of(press.by)} {_DID[press.kind]} at {when}"


def _standing(kind: PressKind, handling: Handling) -> Press | None:
    match kind:
        case PressKind.TAKE | PressKind.GIVE_BACK:
            return handling.taken
        case PressKind.SNOOZE | PressKind.WAKE:
            return handling.snoozed
        case _:
            return None
