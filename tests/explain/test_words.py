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
    rules, events = tmp_path / "sla.yaml", tmp_path / "events.jsonl"
    rules.write_text(RULES.replace("PROMISE", promise), "utf-8")
    events.write_text(json.dumps(ASKED), "utf-8")
    typed = ["explain", "ticket-8812", "--events", str(events), "--config", str(rules)]
    told = CliRunner().invoke(main, typed)
    assert said in told.stdout
