"""Events written as CSV with our own columns, and imported, are the same events."""

import csv
import io
import random
from datetime import datetime
from typing import get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from stream.importing.columns import FIELDS, LATER, placed
from stream.importing.csv_file import read_sheet
from stream.importing.found import Fault, LeftOut
from stream.importing.nameless import Nameless
from stream.importing.rows import CLEARED, Rows
from stream.importing.sorting import InOrder
from stream.importing.times import Times
from stream.records import encode_event
from stream.sla.events import Author, AuthorKind, Event, JoinedEvent, MessageEvent
from stream.sla.instants import rfc3339, to_ms
from tests.test_records import ENVELOPE, OWN, moments

KINDS = [kind for kind in get_args(Event) if kind is not JoinedEvent]
names = (
    st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=9)
    .filter(str.isprintable)
    .filter(lambda name: name != CLEARED and not name.isdigit())
    .filter(lambda name: not {"@", "+", "\ufffd"} & {*name})
)
"""No cell says more than this: spaces around it are none of it, control characters and
addresses are refused or hidden, and `null` clears."""
pseudonyms = st.text("0123456789abcdef", min_size=16, max_size=20)
held = st.just(UNSET) | st.none() | names
ours = {
    **dict.fromkeys(("event_id", "conversation_id", "account"), names),
    **dict.fromkeys(("queue", "assignee", "priority", "tier"), held),
    "occurred_at": moments,
    "customer": st.none() | pseudonyms,
    "link": st.none() | names,
    "contact": st.none(),
}
texts = {"message_id", "reason", "into", "touchpoint", "currency"}


def author(kind: AuthorKind) -> st.SearchStrategy[Author]:
    ids = pseudonyms if kind is AuthorKind.CUSTOMER else names
    return st.builds(Author, kind=st.just(kind), id=st.none() | ids)


def of(kind: type) -> st.SearchStrategy[Event]:
    own = {
        field: names if field in {"message_id", "into"} else st.none() | names
        for field in OWN[kind].keys() & texts
    }
    if kind is MessageEvent:
        own |= {
            "text": st.none(),
            "author": st.sampled_from(AuthorKind).flatmap(author),
        }
    if "tags" in OWN[kind]:
        own["tags"] = st.just(UNSET) | st.lists(names, max_size=3).map(tuple)
    if "assignee" in OWN[kind]:
        own["assignee"] = held
    return st.builds(kind, **{**ENVELOPE, **OWN[kind], **ours, **own})


def cell(field: str, value: object) -> str:
    match value:
        case msgspec.UNSET:
            return ""
        case None:
            clears = field in {"queue", "assignee", "priority", "tier"}
            return CLEARED if clears else ""
        case datetime():
            return rfc3339(to_ms(value))
        case tuple():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)


def row(event: Event) -> dict[str, str]:
    said = {"kind": event.__struct_config__.tag}
    for field in FIELDS & {*event.__struct_fields__}:
        said[field] = cell(field, getattr(event, field))
    if isinstance(event, MessageEvent):
        said["author"] = event.author.kind
        said["author_id"] = event.author.id or ""
    return said


def as_csv(events: list[Event], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, sorted(FIELDS - {*LATER}), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(map(row, events))
    return text.getvalue().encode()


def imported(content: bytes, run: int) -> list[bytes]:
    sheet = read_sheet(io.BytesIO(content))
    rows = Rows(
        columns=placed(sheet.header, {}, {}),
        times=Times(),
        nameless=Nameless(b""),
        authors={},
        statuses={},
    )
    with InOrder(run) as order:
        for piece in sheet.rows:
            assert not isinstance(piece, Fault), str(piece)
            for found in rows.read(*piece):
                assert not isinstance(found, Fault | LeftOut), str(found)
                order.add(found)
        return [*order.lines()]


@settings(max_examples=40, deadline=None)
@given(
    events=st.lists(st.one_of(*map(of, KINDS)), max_size=12),
    seed=st.integers(0, 99),
    delimiter=st.sampled_from(",;\t"),
    run=st.sampled_from([1, 500, 1 << 20]),
)
def test_any_events_written_as_csv_are_the_same_events_again(
    events, seed, delimiter, run
):
    """Of every kind, in any order of rows, sorted in memory or in files."""
    lines = {(event.arrived, encode_event(event) + b"\n") for event in events}
    expected = [line for _, line in sorted(lines)]
    shuffled = [*events]
    random.Random(seed).shuffle(shuffled)  # noqa: S311  a test

    assert imported(as_csv(events, delimiter), run) == expected
    assert imported(as_csv(shuffled, delimiter), run) == expected


def test_every_field_of_an_event_is_a_column():
    """But what was said, and what is ours: a new field is imported, too."""
    fields = {name for kind in KINDS for name in kind.__struct_fields__}

    assert fields - FIELDS == {"v", "contact", "text"}
    assert FIELDS - fields == {"kind", "author_id", *LATER}
