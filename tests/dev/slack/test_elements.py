"""Slack's rules for what is pressed, chosen and typed, and for modals."""

from typing import Any

import pytest

from dev.slack.complaints import Refused
from dev.slack.rules import complaints_about
from dev.slack.view_rules import check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str = "a", text: str = "A") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def select(count: int = 1, **more: Any) -> dict[str, Any]:
    options = [option(str(n)) for n in range(count)]
    return {"type": "static_select", "action_id": "s", "options": options, **more}


def complaints(element: dict[str, Any]) -> list[str]:
    return list(complaints_about([{"type": "actions", "elements": [element]}]))


@pytest.mark.parametrize(
    "element",
    [
        select(100, placeholder=plain("p")),
        select(initial_option=option("0")),
        {"type": "overflow", "action_id": "o", "options": [option()] * 5},
        {"type": "timepicker", "action_id": "t", "initial_time": "23:59"},
    ],
    ids=["a long list", "a list with a choice", "an overflow menu", "a time"],
)
def test_what_slack_takes(element: dict[str, Any]) -> None:
    """Of each kind the most that is allowed."""
    assert complaints(element) == []


@pytest.mark.parametrize(
    ("element", "complaint"),
    [
        (select(101), "no more than 100 items"),
        (select(0), "at least 1 item"),
        (select(placeholder=plain("p" * 151)), "less than 151"),
        (select(options=[option(value="v" * 151)]), "less than 151"),
        (select(options=[option(text="t" * 76)]), "less than 76"),
        (select(initial_option=option("9")), "one of the options"),
        (select(style="primary"), "invalid additional property: style"),
        ({"type": "overflow", "options": [option()] * 6}, "no more than 5 items"),
        ({"type": "timepicker", "initial_time": "24:00"}, "a time HH:mm"),
        ({"type": "plain_text_input"}, "unsupported type"),
    ],
)
def test_what_slack_refuses(element: dict[str, Any], complaint: str) -> None:
    """In Slack's own words where they are known."""
    [said] = complaints(element)
    assert complaint in said


TYPED = {"type": "plain_text_input", "action_id": "t"}
INPUT = {"type": "input", "label": plain("L"), "element": TYPED}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "blocks": list(blocks), **more}


def test_a_modal_that_asks_can_be_submitted() -> None:
    """One without an input needs no button."""
    check_view(modal({"type": "divider"}))
    check_view(modal(INPUT, submit=plain("Go")))
    with pytest.raises(Refused, match="submit"):
        check_view(modal(INPUT))


@pytest.mark.parametrize(
    "view",
    [
        {"type": "home", "blocks": []},
        {"type": "modal", "title": plain("T")},
        modal(title=plain("T" * 25)),
        modal(private_metadata="m" * 3001),
        modal(callback_id="c" * 256),
        modal(*[{"type": "divider"}] * 101),
        modal({**INPUT, "element": {"type": "button"}}, submit=plain("Go")),
    ],
    ids=[
        "no modal",
        "without blocks",
        "with a long title",
        "with much metadata",
        "with a long callback_id",
        "with too many blocks",
        "with a button as its input",
    ],
)
def test_a_modal_that_slack_refuses(view: dict[str, Any]) -> None:
    """As `invalid_arguments`."""
    with pytest.raises(Refused, match="invalid_arguments"):
        check_view(view)
