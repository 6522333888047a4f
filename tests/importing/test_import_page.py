"""`docs/import.md`: its commands are run as they are written, and print what it says.

The example is other people's data, skipped by name where it is not there.
"""

import csv
import json
import shlex
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.cli import main
from stream.config import parse_config
from stream.replay.replay import Replay
from stream.sla.instants import to_ms
from tests.pages import blocks, page
from tests.sla.test_real_conversations import DATA, answered, waits

TWEETS = DATA / "events.jsonl"
RULES = blocks("import.md", "yaml")[0]
COMMANDS = [
    block.removeprefix("$ ").partition("\n")[::2]
    for block in blocks("import.md", "console")
]
OF_TWEETS = [each for each in COMMANDS if "tweets" in each[0]]


def printed(command: str) -> str:
    """What `replyclock ...` prints, in the folder where we are."""
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    return result.output


def written(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def of_tweets() -> list[list[str]]:
    """The table of the page: days first, no time zone, and no ids of messages."""
    rows = [["Customer", "Company", "Sent at", "Written by", "Text"]]
    for line in TWEETS.read_text("utf-8").splitlines():
        event = json.loads(line)
        at = datetime.fromisoformat(event["occurred_at"])
        sent = f"{at:%d/%m/%Y %H:%M:%S}.{to_ms(at) % 1000:03}"
        by = "company" if event["direction"] == "outbound" else "customer"
        rows.append([event["customer"], event["account"], sent, by, "…"])
    return rows


@pytest.mark.parametrize(
    ("command", "said"), [each for each in COMMANDS if each not in OF_TWEETS]
)
def test_the_page_s_commands_print_what_it_says(command, said, tmp_path, monkeypatch):
    """Over the table that stands above each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tickets.csv").write_text(blocks("import.md", "csv")[0], "utf-8")

    assert printed(command) == said


@pytest.mark.skipif(
    not TWEETS.exists(),
    reason="the real conversations (shared/data/twitter) are not here",
)
def test_what_25_companies_really_did(tmp_path, monkeypatch):
    """The page's commands print its figures, and each wait has its exact length."""
    monkeypatch.chdir(tmp_path)
    table = of_tweets()
    written(tmp_path / "tweets.csv", table)
    (tmp_path / "hour.yaml").write_text(RULES, "utf-8")
    (tmp_path / "day.yaml").write_text(RULES.replace("1h", "24h"), "utf-8")
    assert [",".join(row) for row in table[:3]] == [
        line
        for line in page("import.md").splitlines()
        if ",XboxSupport," in line or line.startswith("Customer,")
    ]

    assert [printed(command) for command, _ in OF_TWEETS] == [
        said for _, said in OF_TWEETS
    ]

    lines = (tmp_path / "tweets.jsonl").read_bytes().splitlines()
    run = Replay(parse_config(RULES, "hour.yaml").rules())
    found = answered([*run.lines(lines)])
    first = sorted(found[key] for key, (_, is_first) in waits().items() if is_first)
    truth = json.loads((DATA / "truth.json").read_text("utf-8"))
    assert found == {key: waited for key, (waited, _) in waits().items()}
    assert first[int(0.5 * (len(first) - 1))] / 1000 == truth["p50_s"]
