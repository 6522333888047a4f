"""What can be pressed on a message, and what was. Pure.

The buttons are there while somebody waits. What each of them is on the wire:
`block_id` names the notice (`presses/<key>`), `action_id` the kind of press.
"""

from dataclasses import dataclass
from typing import Any

from alerts.alert import OPEN, Alert
from alerts.notice import parts_of
from alerts.presses.handling import NOBODY, Handling
from alerts.presses.press import Press, PressKind
from alerts.presses.unneeded import is_ended_by_it
from alerts.slack.mrkdwn import date, mention_of, name

Element = dict[str, Any]

BLOCK = "presses/"
OPEN_LINK = "open"
SNOOZES = {
    "15m": "for 15 min",
    "1h": "for 1 h",
    "opens": "until the queue opens",
    "at": "until …",
}
"""The values that a snooze has on the wire, and how they read."""
_REASON = 200
_ID_LIMIT, _URL_LIMIT = 255, 3000
_SCHEMES = ("https://", "http://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """Of the notice `key`: what people did by `now` (ms of wall time)."""

    key: str
    handling: Handling = NOBODY
    now: int
    can_press: bool = True
    """Whether a press would reach us: else there are no buttons."""


def actions_of(
    alert: Alert, link: str | None, controls: Controls | None
) -> Element | None:
    """The block of buttons; None where there is none."""
    elements = [] if link is None or not _is_link(link) else [_open(link)]
    if controls is None:
        return {"type": "actions", "elements": elements} if elements else None
    if alert.state in OPEN and controls.can_press:
        elements = _presses(alert, controls, elements)
    if not elements:
        return None
    block_id = BLOCK + controls.key
    if len(block_id) > _ID_LIMIT:
        block_id = BLOCK + parts_of(controls.key)[0]
    return {"type": "actions", "block_id": block_id, "elements": elements}


def pressed_of(alert: Alert, controls: Controls) -> str | None:
    """Who pressed what, and when; None: nobody did."""
    is_open = alert.state in OPEN
    handling, now = controls.handling, controls.now
    said = [
        standing(word, press, alert.deadline, now if is_open else None)
        for word, press in (("Taken", handling.taken), ("Snoozed", handling.snoozed))
        if press is not None
    ]
    if (unneeded := handling.unneeded) is not None:
        when = date(unneeded.at, alert.deadline)
        said.append(f"{mention_of(unneeded.by)} said at {when}: no reply needed")
    if (muted := handling.muted) is not None:
        said.append(_muted(muted, alert))
    return " \N{MIDDLE DOT} ".join(said) or None


def _presses(alert: Alert, controls: Controls, link: list[Element]) -> list[Element]:
    handling, now = controls.handling, controls.now
    taken, snoozed, muted = (
        press is not None and press.holds(now)
        for press in (handling.taken, handling.snoozed, handling.muted)
    )
    elements = [
        button(PressKind.GIVE_BACK, "Give back")
        if taken
        else button(PressKind.TAKE, "Take", style="primary"),
        button(PressKind.WAKE, "Wake") if snoozed else _snooze(),
    ]
    if is_ended_by_it(alert.ground):
        elements.append(button(PressKind.NO_REPLY_NEEDED, "No reply needed"))
    mute = (
        button(PressKind.UNMUTE, "Unmute queue")
        if muted
        else button(PressKind.MUTE, "Mute queue")
    )
    return [*elements, *link, mute, button("details", "Details")]


def standing(word: str, press: Press, beside: int, now: int | None) -> str:
    """Who did it, and when; `beside`: an instant that is on the message, too.

    `now`: None where it is not said whether it is so still.
    """
    said = f"{word} by {mention_of(press.by)} at {date(press.at, beside)}"
    if press.until is None or now is None:
        return said
    since = "until" if press.holds(now) else "and back since"
    return f"{said}, {since} {date(press.until, beside)}"


def _muted(press: Press, alert: Alert) -> str:
    beside = alert.deadline
    said = f"{mention_of(press.by)} muted *{name(alert.ground.queue)}*"
    said += f" at {date(press.at, beside)}"
    if press.until is not None:
        said += f" until {date(press.until, beside)}"
    return f"{said}: {name(press.reason, _REASON)}" if press.reason else said


def button(action: str, text: str, **also: str) -> Element:
    said = {"type": "plain_text", "text": text, "emoji": True}
    return {"type": "button", "action_id": action, "text": said, **also}


def _snooze() -> Element:
    options = [
        {"text": {"type": "plain_text", "text": text, "emoji": True}, "value": value}
        for value, text in SNOOZES.items()
    ]
    return {
        "type": "static_select",
        "action_id": PressKind.SNOOZE.value,
        "placeholder": {"type": "plain_text", "text": "Snooze", "emoji": True},
        "options": options,
    }


def _open(link: str) -> Element:
    return {
        "type": "button",
        "action_id": OPEN_LINK,
        "text": {"type": "plain_text", "text": "Open conversation", "emoji": True},
        "url": link,
    }


def _is_link(link: str) -> bool:
    return len(link) <= _URL_LIMIT and link.startswith(_SCHEMES)
