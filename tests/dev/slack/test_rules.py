from typing import Any

import pytest

from dev.slack.complaints import Refused
from dev.slack.rules import (
    characters,
    check_content,
    check_metadata,
    complaints_about,
)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> dict[str, Any]:
    return {"type": "section", **parts}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def button(**parts: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Open"), **parts}


ACTION_ID = "/blocks/0/elements/0/action_id"
CONFIRM_TITLE = "/blocks/0/elements/0/confirm/title/text"

AT_THE_LIMITS = [
    {"type": "header", "text": {**plain("h" * 150), "emoji": True}, "block_id": "a"},
    section(text=mrkdwn("t" * 3000), fields=[mrkdwn("f" * 2000)], block_id="b"),
    section(fields=[{**mrkdwn("f"), "verbatim": True}] * 10),
    section(text=plain("t"), accessory=button(action_id="a" * 255)),
    actions(
        button(text=plain("b" * 75), url="https://x/" + "u" * 2990, style="primary"),
        button(value="v" * 2000, style="danger", action_id="other"),
        *[button(action_id=f"{n}") for n in range(23)],
    ),
    {"type": "context", "elements": [mrkdwn("c")] * 9 + [plain("d")]},
    {"type": "divider"},
    {"type": "markdown", "text": "# x"},
]

COMPLAINTS = {
    "a header of more than 150 characters": (
        {"type": "header", "text": plain("h" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "a header in mrkdwn": (
        {"type": "header", "text": mrkdwn("h")},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text]",
    ),
    "a header without text": (
        {"type": "header"},
        "missing required field: text [json-pointer:/blocks/0]",
    ),
    "an empty text": (
        section(text=mrkdwn("")),
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    "a section text of more than 3000 characters": (
        section(text=mrkdwn("t" * 3001)),
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "a section with neither text nor fields": (
        section(),
        "missing required field: text [json-pointer:/blocks/0]",
    ),
    "a section with more than 10 fields": (
        section(fields=[mrkdwn("f")] * 11),
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "a field of more than 2000 characters": (
        section(fields=[mrkdwn("f"), mrkdwn("f" * 2001)]),
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/1/text]",
    ),
    "a text that is a bare string": (
        section(text="hello"),
        "must be an object [json-pointer:/blocks/0/text]",
    ),
    "emoji on mrkdwn": (
        section(text={**mrkdwn("t"), "emoji": True}),
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    "a property that no block has": (
        section(text=mrkdwn("t"), colour="red"),
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "a context with more than 10 elements": (
        {"type": "context", "elements": [mrkdwn("c")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "a context without elements": (
        {"type": "context", "elements": []},
        "must have at least 1 item [json-pointer:/blocks/0/elements]",
    ),
    "more than 25 buttons": (
        actions(*[button() for _ in range(26)]),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "a button's text of more than 75 characters": (
        actions(button(text=plain("b" * 76))),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "a button's value of more than 2000 characters": (
        actions(button(value="v" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "a button's URL of more than 3000 characters": (
        actions(button(url="https://x/" + "u" * 2991)),
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
    ),
    "a button that leads nowhere": (
        actions(button(url="conversations/1")),
        "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
    ),
    "a button in a colour that Slack has not": (
        actions(button(style="warning")),
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    "an action_id twice in a block": (
        actions(button(action_id="a"), button(action_id="a")),
        'action_id "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    "an action_id of more than 255 characters": (
        actions(button(action_id="a" * 256)),
        f"must be less than 256 characters [json-pointer:{ACTION_ID}]",
    ),
    "a confirm title of more than 100 characters": (
        actions(
            button(
                confirm={
                    "title": plain("t" * 101),
                    "text": plain("t"),
                    "confirm": plain("y"),
                    "deny": plain("n"),
                }
            )
        ),
        f"must be less than 101 characters [json-pointer:{CONFIRM_TITLE}]",
    ),
    "a block_id of more than 255 characters": (
        {"type": "divider", "block_id": "b" * 256},
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    "a block that Slack does not have": (
        {"type": "marquee"},
        "unsupported type: marquee [json-pointer:/blocks/0]",
    ),
    "a block that is no object": ("hr", "must be an object [json-pointer:/blocks/0]"),
}


def test_what_is_at_the_limits_is_accepted():
    """Every limit is inclusive."""
    assert list(complaints_about(AT_THE_LIMITS)) == []


@pytest.mark.parametrize(
    ("block", "complaint"), COMPLAINTS.values(), ids=COMPLAINTS.keys()
)
def test_what_is_refused(block: Any, complaint: str):
    """Each fault is told in Slack's words with its place."""
    assert list(complaints_about([block])) == [f"[ERROR] {complaint}"]


def test_a_message_has_at_most_50_blocks():
    """Fifty dividers pass, fifty-one do not."""
    divider = {"type": "divider"}
    assert list(complaints_about([divider] * 50)) == []
    assert list(complaints_about([divider] * 51)) == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]


def test_a_block_id_is_used_once_in_a_message():
    """Slack finds a block by it."""
    divider = {"type": "divider", "block_id": "one"}
    assert list(complaints_about([divider, divider])) == [
        '[ERROR] block_id "one" already exists [json-pointer:/blocks/1/block_id]'
    ]


def test_all_text_of_all_blocks_counts_towards_the_total():
    """Headers, fields, buttons and context alike."""
    blocks = [
        {"type": "header", "text": plain("12345")},
        section(text=mrkdwn("123"), fields=[mrkdwn("12"), mrkdwn("1")]),
        actions(button(text=plain("1234"), value="not text")),
        {"type": "context", "elements": [mrkdwn("123456")]},
        {"type": "markdown", "text": "1234567"},
    ]
    assert characters(blocks) == 5 + 3 + 2 + 1 + 4 + 6 + 7


REFUSALS = {
    "neither text nor blocks": (None, None, "no_text"),
    "an empty text": ("", None, "no_text"),
    "an empty list of blocks": (None, [], "no_text"),
    "a text above the limit": ("x" * 11, None, "msg_too_long"),
    "blocks that are no list": ("x", {"type": "divider"}, "invalid_blocks_format"),
    "a wrong block": ("x", [{"type": "marquee"}], "invalid_blocks"),
    "more than 13,200 characters in blocks": (
        "x",
        [section(text=mrkdwn("x" * 2641))] * 5,
        "msg_blocks_too_long",
    ),
    "a text that is no string": (7, None, "invalid_arguments"),
}


@pytest.mark.parametrize(
    ("text", "blocks", "error"), REFUSALS.values(), ids=REFUSALS.keys()
)
def test_content_that_is_no_message(text: Any, blocks: Any, error: str):
    """Slack's word for each."""
    with pytest.raises(Refused) as refused:
        check_content(text, blocks, text_limit=10)
    assert refused.value.error == error


def test_content_at_the_limits_is_a_message():
    """The total and the text's limit are inclusive, blocks need no text."""
    check_content("x" * 10, None, text_limit=10)
    check_content(None, [section(text=mrkdwn("x" * 2640))] * 5, text_limit=10)


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ("text", "invalid_metadata_format"),
        ([], "invalid_metadata_format"),
        ({}, "invalid_metadata_schema"),
        ({"event_type": "x"}, "invalid_metadata_schema"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": "y"}, "invalid_metadata_schema"),
    ],
)
def test_metadata_is_an_event_type_with_an_object(metadata: Any, error: str):
    """Anything else is refused, not dropped."""
    with pytest.raises(Refused) as refused:
        check_metadata(metadata)
    assert refused.value.error == error


def test_metadata_may_be_left_out():
    """And a payload may be empty."""
    check_metadata(None)
    check_metadata({"event_type": "x", "event_payload": {}})
