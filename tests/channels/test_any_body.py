"""Whatever comes, the parsers answer, and answer a retry alike."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.channels.contact import ContactKeys
from stream.channels.reading import Options
from stream.channels.sources import REASONS, SOURCES
from stream.records import decode_event, encode_event
from tests.bodies import BODIES

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 29, 9, tzinfo=UTC)
SEALING = Options(seal=ContactKeys([b"k" * 32]).seal)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["", "0", "page", "whatsapp_business_account", "messages", 2**80, -1, "\ud83d"]
    )
)
# Names that the parsers look for, so that a made-up body gets past the first door.
NAMES = st.sampled_from(
    [
        *("object", "entry", "changes", "field", "value", "metadata", "messages"),
        *("phone_number_id", "statuses", "id", "from", "timestamp", "type", "status"),
        *("messaging", "standby", "sender", "recipient", "message", "mid", "is_echo"),
        *("contacts", "profile", "name", "username", "wa_id", "user_id"),
        *("delivery", "mids", "watermark", "reaction", "postback", "app_id", "time"),
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=30,
)
REAL = [(source, body) for source, named in BODIES.items() for body in named.values()]


def check(source: str, body: object) -> None:
    parse = partial(SOURCES[source], body, id_secret=b"secret", options=SEALING)
    first, again = parse(received_at=NOW), parse(received_at=LATER)

    told = [(event.event_id, event.contact) for event in first.events]
    assert [(event.event_id, event.contact) for event in again.events] == told
    assert set(first.ignored) <= set(REASONS[source])
    for event in first.events:
        assert decode_event(encode_event(event)) == event


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    keys = node if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], (dict, list)):
            yield from places(node[key])


@pytest.mark.parametrize("source", SOURCES)
@given(body=JSON)
def test_any_json_is_answered(source: str, body: object) -> None:
    """No JSON value raises, and every reason is one of the closed set."""
    check(source, body)


@settings(max_examples=400)
@given(data=st.data())
def test_a_real_body_with_damage_is_answered(data: st.DataObject) -> None:
    """Parts deleted or replaced anywhere raise nothing and give readable events."""
    source, real = data.draw(st.sampled_from(REAL))
    body = copy.deepcopy(real)
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(places(body))
        if not found:
            break
        container, key = found[data.draw(st.integers(0, len(found) - 1))]
        if data.draw(st.booleans()):
            del container[key]
        else:
            container[key] = data.draw(JSON)

    check(source, body)


@pytest.mark.parametrize("source", SOURCES)
@given(damaged=JSON, other=st.sampled_from(REAL))
def test_damage_in_one_entry_loses_nothing_of_the_others(
    source: str, damaged: object, other: tuple[str, Any]
) -> None:
    """An entry gives its events whatever stands before it."""
    body = other[1] if other[0] == source else REAL[-1][1]
    source = source if other[0] == source else REAL[-1][0]
    alone = SOURCES[source](body, id_secret=b"secret", received_at=NOW)

    both = SOURCES[source](
        {**body, "entry": [damaged, *body["entry"]]},
        id_secret=b"secret",
        received_at=NOW,
    )

    assert set(alone.events) <= set(both.events)
