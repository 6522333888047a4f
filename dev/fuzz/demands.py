"""Demands: what must hold of every body, whoever made it, and of bodies in a row."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from stream.channels.fields import NotJsonError, TooManyPartsError
from stream.channels.people import People, in_one
from stream.channels.reading import Parsed
from stream.channels.sources import REASONS, SOURCES
from stream.config import parse_config
from stream.records import decode_event, encode_event
from stream.replay.replay import BadLineError, Replay
from stream.sla.events import MessageEvent

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
LONGEST_S = 0.3
RULES = parse_config(
    """
version: 1
policies: [{name: all, targets: {first_reply: 5m, next_reply: 5m, resolution: 4h}}]
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C0AAAAAA}}}}
""",
    "sla.yaml",
).rules()


class BrokenDemandError(AssertionError):
    """A body that shows a fault of ours."""


def check_body(source: str, body: bytes) -> Parsed | None:
    """What comes of it; None where the door refuses it. Raises `BrokenDemandError`."""
    began = time.thread_time()
    try:
        parsed = SOURCES[source](body, id_secret=b"secret", received_at=NOW)
        again = SOURCES[source](
            body, id_secret=b"secret", received_at=NOW + timedelta(days=6)
        )
    except (NotJsonError, TooManyPartsError):
        return None
    took = (time.thread_time() - began) / 2
    _demand(took < LONGEST_S, f"it took {took:.2f} s")
    ids = [event.event_id for event in parsed.events]
    _demand(ids == [event.event_id for event in again.events], "a retry is another")
    _demand({*parsed.ignored} <= {*REASONS[source]}, "a reason that is none")
    said = _texts(body)
    for event in parsed.events:
        _demand(decode_event(encode_event(event)) == event, "our reader refuses it")
        _demand(event.account in said, "an account from nowhere")
        if isinstance(event, MessageEvent):
            name = event.message_id
            is_told = name.startswith("postback:") or any(
                name.startswith(text) for text in said if text
            )
            _demand(is_told, "a message from nowhere")
    return parsed


def check_row(parsed: Sequence[Parsed]) -> None:
    """Bodies in a row: whatever is learned of customers, the rules take it."""
    people, run = People(), Replay(RULES)
    for each in parsed:
        events, _ = in_one(each, people)
        for fact in run.lines([encode_event(event) for event in events]):
            _demand(not isinstance(fact, BadLineError), "replay refuses it")
    list(run.run_until(run.now + 86_400_000))


def _texts(body: bytes) -> set[str]:
    """Every text and number of a JSON body, as text."""
    found: set[str] = set()
    todo: list[object] = [json.loads(body)]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            todo += node.values()
        elif isinstance(node, list):
            todo += node
        elif isinstance(node, str | int):
            found.add(str(node) if len(repr(node)) < 4000 else "")  # noqa: PLR2004
    return found


def _demand(holds: object, what: str) -> None:
    if not holds:
        raise BrokenDemandError(what)
