import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from dev.slack.complaints import Refused
from dev.slack.workspace import Call, Workspace


def post(workspace: Workspace, text: str, channel: str = "C0SALES"):
    return workspace.post(channel, bot="B1", text=text, blocks=None, metadata=None)


def test_every_ts_is_greater_than_the_one_before():
    """A ts names a message within its channel, so no two are equal."""
    workspace = Workspace()
    stamps = [post(workspace, str(n)).ts for n in range(1000)]
    assert stamps == sorted(set(stamps))
    seconds, micros = stamps[0].split(".")
    assert (len(seconds), len(micros)) == (10, 6)


def test_an_edit_keeps_the_version_before():
    """Oldest first, each with the time when it was replaced."""
    workspace = Workspace()
    message = post(workspace, "one")
    workspace.update(message, text="two", blocks=[{"type": "divider"}], metadata=None)
    workspace.update(message, text="three", blocks=None, metadata=None)
    assert [edit["text"] for edit in message.edits] == ["one", "two"]
    assert message.edits[1]["blocks"] == [{"type": "divider"}]
    assert message.edited_at == message.edits[1]["replaced_at"]
    assert message.posted_at <= message.edits[0]["replaced_at"]
    assert workspace.find("C0SALES", message.ts).text == "three"


def test_an_unknown_ts_is_no_message():
    """Nor is one of another channel."""
    workspace = Workspace()
    message = post(workspace, "one")
    with pytest.raises(Refused, match="message_not_found"):
        workspace.find("C0OPS", message.ts)


def test_all_is_there_again_after_a_kill(tmp_path: Path):
    """Messages, edits and calls; a line that the kill cut off is left out."""
    journal = tmp_path / "journal.jsonl"
    workspace = Workspace(journal=journal)
    post(workspace, "forgotten")
    workspace.reset()
    message = post(workspace, "one")
    workspace.update(message, text="two", blocks=None, metadata=None)
    call = Call(method="chat.update", channel="C0SALES", at=1, ok=True, error=None)
    workspace.note(call)
    workspace.close()
    with journal.open("a") as file:
        file.write('["message", {"channel": "C0SA')
    for _ in range(2):
        again = Workspace(journal=journal)
        assert again.messages == workspace.messages
        assert again.calls == [call]
        again.close()
    last = Workspace(journal=journal)
    post(last, "three")
    last.close()
    after = Workspace(journal=journal)
    assert [m.text for m in after.messages["C0SALES"].values()] == ["two", "three"]
    after.close()


def test_a_ts_is_new_even_when_the_clock_was_set_back(tmp_path: Path):
    """After a restart too: the journal knows the last one."""
    journal = tmp_path / "journal.jsonl"
    workspace = Workspace(journal=journal)
    kept = replace(post(workspace, "one"), ts="9999999999.000007")
    workspace.close()
    journal.write_text(json.dumps(["message", asdict(kept)]) + "\n")
    again = Workspace(journal=journal)
    assert post(again, "two").ts == "9999999999.000008"
    again.close()
