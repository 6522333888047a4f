"""The sentences of a story, as the command prints them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.cli import main

RULES = """
version: 1
calendars: {office: {week: {mon-fri: ["09:00-17:00"]}}}
queues: {billing: {accounts: ["webchat:shop"]}}
policies: [{name: all, calendar: office, targets: {first_reply: PROMISE}}]
alerts: {routes: [{to: desk}], receivers: {desk: {slack: {channel: C0DESK}}}}
"""
ASKED = {
    "v": 1,
    "kind": "message",
    "event_id": "e1",
    "occurred_at": "2026-11-27T10:00:00Z",
    "conversation_id": "ticket-8812",
    "channel": "webchat",
    "account": "shop",
    "message_id": "m1",
    "direction": "inbound",
    "author": {"kind": "customer"},
}


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ("1business_day", "= 1 business day, 8h: Fri 10:00:00-17:00:00 (7h)"),
        ("2business_days", "= 2 business days, 16h: Fri"),
        ("8h", "= 8h: Fri 10:00:00-17:00:00 (7h)"),
        ("1d", "= 24h: Fri 10:00:00-Sat 10:00:00 (24h)"),
    ],
)
def test_a_promise_is_counted_as_it_was_written(
    tmp_path: Path, promise: str, said: str
) -> None:
    """A day of business is named, beside its hours; so is the day on which they end."""
    assert said in explained(tmp_path, promise)


@pytest.mark.parametrize(
    ("promise", "deadline"),
    [
        ("6d", "deadline Thu 10:00:00 = 144h: Fri 10:00:00-Thu 10:00:00 (144h)"),
        ("40h", "deadline Fri 04 Dec 2026 10:00:00 = 40h: Fri 10:00:00-17:00:00 (7h)"),
        ("7d", "= 168h: Fri 10:00:00-Fri 04 Dec 2026 10:00:00 (168h)"),
    ],
)
def test_a_day_of_another_week_has_its_date(
    tmp_path: Path, promise: str, deadline: str
) -> None:
    """A weekday alone is the first one from the session's start on."""
    assert deadline in explained(tmp_path, promise)


def explained(folder: Path, promise: str) -> str:
    """What `explain` says of a message on Friday, 27 November, at 10."""
    rules, events = folder / "sla.yaml", folder / "events.jsonl"
    rules.write_text(RULES.replace("PROMISE", promise), "utf-8")
    events.write_text(json.dumps(ASKED), "utf-8")
    typed = ["explain", "ticket-8812", "--events", str(events), "--config", str(rules)]
    return CliRunner().invoke(main, typed).stdout
