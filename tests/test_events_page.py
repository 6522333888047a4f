"""`docs/events.md` and the schema: what others write events by."""

import json
from enum import EnumMeta
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from stream.cli import main
from stream.records import UnreadableRecordError, decode_event, event_schema
from stream.sla import events
from stream.sla.events import Event, JoinedEvent
from tests.pages import blocks, page

KINDS = [kind for kind in get_args(Event) if kind is not JoinedEvent]
OURS = {"contact"}
DAY = blocks("events.md", "json")[0].splitlines()


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_and_kind_is_on_the_page(kind: type) -> None:
    """In backticks, as one writes it."""
    names = {field.encode_name for field in msgspec.structs.fields(kind)} - OURS
    text = page("events.md")
    tag = msgspec.inspect.type_info(kind).tag  # type: ignore[attr-defined]
    assert [name for name in {*names, tag} if f"`{name}`" not in text] == []


def test_every_value_is_on_the_page() -> None:
    """Of each enumeration: channels, natures, statuses and the others."""
    text = page("events.md")
    enums = [each for each in vars(events).values() if isinstance(each, EnumMeta)]
    values = {member.value for each in enums for member in each}
    assert [value for value in values if f"`{value}`" not in text] == []


@pytest.mark.parametrize("line", DAY)
def test_the_pages_events_are_events(line: str) -> None:
    """To the codec and to the schema alike."""
    decode_event(line.encode())
    Draft202012Validator(json.loads(event_schema())).validate(json.loads(line))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "fax"},
        {"status": "done"},
        {"occurred_at": 5},
        {"event_id": ""},
        {"v": 2},
        {"account": None},
    ],
)
def test_the_schema_refuses_what_the_codec_refuses(wrong: dict[str, object]) -> None:
    """Who validates before writing has no dead letters."""
    said = json.loads(DAY[-1]) | wrong
    with pytest.raises(UnreadableRecordError):
        decode_event(json.dumps(said).encode())
    assert not Draft202012Validator(json.loads(event_schema())).is_valid(said)


def test_the_pages_story_is_what_is_printed(tmp_path: Path) -> None:
    """Its events under its rules, by its command."""
    (tmp_path / "day.jsonl").write_text("\n".join(DAY) + "\n", "utf-8")
    (tmp_path / "sla.yaml").write_text(blocks("events.md", "yaml")[0], "utf-8")
    [shown] = [text for text in blocks("events.md", "") if text.startswith("$ ")]
    typed, _, printed = shown.partition("\n")
    words = [
        str(tmp_path / word) if word in {"day.jsonl", "sla.yaml"} else word
        for word in typed.split()[2:]
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0
    assert result.stdout.strip() == printed.strip()


def test_the_command_prints_the_schema() -> None:
    """The same file as beside the page."""
    assert CliRunner().invoke(main, ["schema", "events"]).stdout == event_schema()
    assert page("event.schema.json") == event_schema()
