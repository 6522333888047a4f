"""The modals: until what time, why a queue is muted, what is known. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.inbox.pressed import REASON, TOMORROW, UNTIL, Asked, Place
from alerts.presses.press import PressKind
from alerts.slack.mrkdwn import cut
from stream.sla.instants import from_ms, to_ms

Modal = dict[str, Any]

REASON_LIMIT = 200
_SECTION_LIMIT = 3000
_MUTES = {"1h": "1 hour", TOMORROW: "until tomorrow"}


def until_a_time(place: Place, now: int, zone: str) -> Modal:
    """Asks for a time of day in `zone`; an hour from `now` is the proposal."""
    soon = _local(now, zone) + timedelta(hours=1)
    return _asking(
        PressKind.SNOOZE,
        "Snooze until",
        place,
        _input(
            UNTIL,
            "Until what time",
            {
                "type": "timepicker",
                "initial_time": f"{soon:%H}:{soon.minute // 15 * 15:02}",
                "timezone": zone,
            },
        ),
    )


def muting(place: Place) -> Modal:
    """Asks how long and why nobody is to be told of a queue."""
    options = [{"text": _plain(text), "value": each} for each, text in _MUTES.items()]
    select = {
        "type": "static_select",
        "options": options,
        "initial_option": options[0],
    }
    why = {"type": "plain_text_input", "max_length": REASON_LIMIT}
    return _asking(
        PressKind.MUTE,
        "Mute queue",
        place,
        _input(UNTIL, "How long", select),
        _input(REASON, "Why", why, hint="Everybody in the channel can read it."),
    )


def telling(text: str) -> Modal:
    """Says `text` (mrkdwn) and asks nothing."""
    section = {"type": "mrkdwn", "text": cut(text, _SECTION_LIMIT)}
    return {
        "type": "modal",
        "callback_id": Asked.DETAILS.value,
        "title": _plain("Details"),
        "close": _plain("Close"),
        "blocks": [{"type": "section", "text": section}],
    }


def next_time(clock: str, now: int, zone: str) -> int:
    """The next instant after `now` at which it is `clock` (`HH:MM`) in `zone`."""
    local = _local(now, zone)
    hour, minute = map(int, clock.split(":"))
    then = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return to_ms(then if then > local else then + timedelta(days=1))


def tomorrow(now: int, zone: str) -> int:
    """The instant at which the next day begins in `zone`."""
    return next_time("00:00", now, zone)


def _local(now: int, zone: str) -> datetime:
    return from_ms(now).astimezone(ZoneInfo(zone))


def _asking(kind: PressKind, title: str, place: Place, *blocks: Modal) -> Modal:
    return {
        "type": "modal",
        "callback_id": kind.value,
        "private_metadata": place.metadata(),
        "title": _plain(title),
        "submit": _plain(title.split(maxsplit=1)[0]),
        "close": _plain("Cancel"),
        "blocks": list(blocks),
    }


def _input(
    name: str, label: str, element: Mapping[str, Any], hint: str | None = None
) -> Modal:
    block = {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "element": {"action_id": name, **element},
    }
    return block if hint is None else {**block, "hint": _plain(hint)}


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
