"""What is shown of a record: its shape, and nothing that anybody said."""

import json

from hypothesis import given
from hypothesis import strategies as st

from stream.dead_letters.masking import mask
from stream.records import encode_event
from tests.timelines import customer


def test_the_shape_of_an_event_is_shown():
    """Words of the contract and instants stay; names, ids and texts are counted."""
    event = json.loads(encode_event(customer(0)))
    event |= {"text": "call 3630", "phone": 36301234567, "score": 3.5, "at": [None]}

    assert json.loads(mask(json.dumps(event).encode())) == {
        "kind": "message",
        "v": 1,
        "event_id": f"<{len(event['event_id'])} characters>",
        "occurred_at": "2023-11-14T22:13:20.000Z",
        "conversation_id": "<1 characters>",
        "channel": "whatsapp",
        "account": "<1 characters>",
        "message_id": "<2 characters>",
        "direction": "inbound",
        "author": {"kind": "customer"},
        "text": "<9 characters>",
        "phone": "<number>",
        "score": "<number>",
        "at": [None],
    }


def test_a_wrong_key_is_shown_and_data_for_a_key_is_not():
    """`conversationId` is what one looks for; a phone number as a key is data."""
    masked = mask(b'{"conversationId": "x", "36301234567": 1, "Anna K": 2, "36302": 3}')

    assert json.loads(masked) == {
        "conversationId": "<1 characters>",
        "<key 2, 11 characters>": 1,
        "<key 3, 6 characters>": 2,
        "<key 4, 5 characters>": 3,
    }


def test_of_no_json_only_the_size_is_shown():
    """Broken JSON, other bytes, and what is nested too deeply."""
    for data in (b"Anna", b"\xff\x00", b'{"a": ', b"[" * 50 + b"]" * 50, b"[" * 99999):
        assert mask(data) == f"<no JSON that can be shown, {len(data)} bytes>"


words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF), min_size=1)
trees = st.recursive(
    words | st.integers(10_000) | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
    max_leaves=20,
)


@given(trees)
def test_nothing_that_was_said_is_shown(tree):
    """Whatever the shape: no word, no long number, no key of somebody's making."""
    masked = mask(json.dumps(tree).encode())

    assert masked.isascii()
    assert "\\u" not in masked
    digits = "".join(c if c.isdigit() else " " for c in masked).split()
    assert all(len(number) < 4 for number in digits)
