"""WhatsApp Business Platform webhooks -> events (channels.md section 1).

A body holds entries, an entry changes, a change has a `field`, and the field says
what its arrays mean: `messages` under `history` are old and start no clock.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from stream.channels.conversation import AGENT, UNKNOWN
from stream.channels.fields import (
    MALFORMED,
    NOTHING_IN_IT,
    PartIgnoredError,
    an_object,
    word,
)
from stream.channels.opt_outs import OPTED_IN, OPTED_OUT, opt_out
from stream.channels.reading import DEFAULT_OPTIONS, Options, Parsed, Reading
from stream.channels.whatsapp_calls import (
    CALL_IN_PROGRESS,
    CALL_NOT_PICKED_UP,
    UNKNOWN_CALL,
)
from stream.channels.whatsapp_number import (
    NOT_SAID,
    OWN_NUMBER,
    USER_ID_UPDATE,
    Number,
)
from stream.channels.whatsapp_statuses import FAILED_FOR_ONE, UNKNOWN_STATUS
from stream.sla.events import Channel, Event

OBJECT = "whatsapp_business_account"

_ECHO_FIELDS = frozenset({"smb_message_echoes", "message_echoes"})
_OTHER_FIELDS = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "automatic_events",
        "business_capability_update",
        "business_username_update",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "history",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "partner_solutions",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "smb_app_state_sync",
        "template_category_update",
    }
)
_PREFERENCES = "user_preferences"
_READ_FIELDS = _ECHO_FIELDS | {"calls", "messages", USER_ID_UPDATE, _PREFERENCES}
_TEST_ACCOUNTS = ("0", 0)
"""The console's "Test" button sends from there (`wire-findings.md` F9)."""
_BESIDE = frozenset({"contacts", "errors"})

MISPLACED = "misplaced"
TEST_EVENT = "test_event"
VALUE_ERROR = "value_error"

REASONS = tuple(
    sorted(
        {
            MALFORMED,
            UNKNOWN_STATUS,
            CALL_IN_PROGRESS,
            CALL_NOT_PICKED_UP,
            UNKNOWN_CALL,
            FAILED_FOR_ONE,
            MISPLACED,
            NOTHING_IN_IT,
            OWN_NUMBER,
            TEST_EVENT,
            VALUE_ERROR,
            "wrong_object",
            "unknown_field",
            OPTED_OUT,
            OPTED_IN,
            _PREFERENCES,
            USER_ID_UPDATE,
            *NOT_SAID,
            *_OTHER_FIELDS,
        }
    )
)


def parse(
    body: object,
    *,
    id_secret: bytes,
    received_at: datetime,
    options: Options = DEFAULT_OPTIONS,
) -> Parsed:
    """`stream.channels.reading.Parse` for WhatsApp."""
    reading = Reading(
        channel=Channel.WHATSAPP,
        id_secret=id_secret,
        received_at=received_at,
        options=options,
    )

    def read_body(whole: dict[str, Any]) -> None:
        if whole.get("object") != OBJECT:
            raise PartIgnoredError("wrong_object")
        if not whole.get("entry"):
            raise PartIgnoredError(NOTHING_IN_IT)
        reading.each(whole["entry"], read_entry)

    def read_entry(entry: dict[str, Any]) -> tuple[Event, ...]:
        if entry.get("id") in _TEST_ACCOUNTS:
            raise PartIgnoredError(TEST_EVENT)
        if not entry.get("changes"):
            raise PartIgnoredError(NOTHING_IN_IT)
        reading.each(entry["changes"], read_change)
        return ()

    def read_change(change: dict[str, Any]) -> tuple[Event, ...]:
        field = word(change.get("field"))
        if field in _OTHER_FIELDS:
            raise PartIgnoredError(field)
        if field not in _READ_FIELDS:
            raise PartIgnoredError("unknown_field")
        _read_value(reading, change.get("value"), field)
        return ()

    return reading.whole(body, read_body)


def _leave_out_preferences(reading: Reading, value: object) -> None:
    listed = value.get(_PREFERENCES) if isinstance(value, dict) else None
    wishes = listed if isinstance(listed, list) and listed else [{}]
    reading.holds(len(wishes))
    for wish in wishes:
        said = wish.get("value") if isinstance(wish, dict) else None
        reading.leave_out(opt_out(said) or _PREFERENCES)


def _read_value(reading: Reading, given: object, field: str) -> None:
    if field == _PREFERENCES:
        _leave_out_preferences(reading, given)
        return
    value = an_object(given)
    is_app = field == "smb_message_echoes"
    number = Number.of(reading, value, AGENT if is_app else UNKNOWN)
    arrays: dict[str, Callable[[dict[str, Any]], Iterator[Event]]]
    if field in _ECHO_FIELDS:
        arrays = {"message_echoes": number.echo}
    elif field == USER_ID_UPDATE:
        arrays = {USER_ID_UPDATE: number.other_user_id}
    elif field == "calls":
        arrays = {"calls": number.call, "statuses": number.call_status}
    else:
        arrays = {"messages": number.inbound, "statuses": number.status}
    listed = {
        name: parts
        for name, parts in value.items()
        if isinstance(parts, list) and parts and name not in _BESIDE
    }
    for name, read in arrays.items():
        if value.get(name) is not None:
            reading.each(value[name], read)
    for name in listed.keys() - arrays.keys():
        # Under another field it is what it says; here nobody knows.
        reading.leave_out(MISPLACED, len(listed[name]))
    if not listed and all(value.get(name) is None for name in arrays):
        raise PartIgnoredError(VALUE_ERROR if value.get("errors") else NOTHING_IN_IT)
