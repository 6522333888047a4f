"""The report of real conversations, against what was computed apart from any rules.

One session a conversation (`session_gap` is longer than all of it), so that the first
reply is the conversation's; nobody is given up.
"""

import csv
import json
import re
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.cli import main
from stream.figures.catalogue.first_reply_time import FIRST_REPLY_TIME
from stream.figures.catalogue.next_reply_time import NEXT_REPLY_TIME
from stream.figures.figure import Row
from stream.report.findings import find
from stream.report.longest import longest
from stream.report.numbers import seconds
from stream.report.span import Span
from stream.sla.instants import parse_rfc3339
from tests.figures.told import tables_of
from tests.sla.test_real_conversations import DATA, PATIENT, happened, told, waits
from tests.sla.test_real_conversations import pytestmark as _are_here

pytestmark = _are_here
SPAN = Span.between(
    parse_rfc3339("2018-05-01T00:00Z"), parse_rfc3339("2020-05-01T00:00Z"), "UTC"
)
SHOWN = ("p50_s", "p90_s", "mean_s")
SILENCE = f"{PATIENT}\nsession_gap: 365d"
NAMES = {"customer": "Customer", "account": "Company", "occurred_at": "Sent at"}


def imported(folder: Path) -> list[bytes]:
    """The events as a CSV that somebody has, and as `import csv` reads it."""
    sheet, events = folder / "tweets.csv", folder / "tweets.jsonl"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*NAMES.values(), "Written by"])
        for event in map(json.loads, happened()):
            sent = datetime.fromisoformat(event["occurred_at"]).astimezone(UTC)
            rows.writerow(
                [
                    event["customer"],
                    event["account"],
                    f"{sent:%d/%m/%Y %H:%M:%S}.{sent.microsecond // 1000:03}",
                    "customer" if event["direction"] == "inbound" else "company",
                ]
            )
    columns = ",".join(f"{field}={name}" for field, name in NAMES.items())
    asked = ["--columns", f"{columns},author=Written by", "--agent-is", "company"]
    asked += ["--dates", "day-first", "--timezone", "UTC", "--to", str(events)]
    done = CliRunner().invoke(main, ["import", "csv", str(sheet), *asked])
    assert done.exit_code == 0, done.stderr
    return events.read_bytes().splitlines()


@pytest.fixture(scope="module", params=["as events", "as CSV"])
def tables(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    events = happened() if request.param == "as events" else imported(folder)
    return tables_of(told(events, "15m", SILENCE), folder / "facts")


@pytest.fixture(scope="module")
def numbers(tables) -> list[Row]:
    """Of first replies, and of later ones."""
    found = find(tables, SPAN, (FIRST_REPLY_TIME, NEXT_REPLY_TIME), ())
    return [finding.whole.now for finding in found]


def test_reply_times_are_those_that_were_computed_apart(numbers):
    """`truth.json`: how many, and the value at index int(p * (n - 1)) of them.

    Of 521 that is the nearest rank for p50 and p90: 261 and 469. Of p99 it is 515, the
    nearest rank is 516, so the report says what is one further in `waits.jsonl`.
    """
    truth = json.loads((DATA / "truth.json").read_text("utf-8"))
    first, later = numbers
    sorted_waits = sorted(ms for ms, is_first in waits().values() if is_first)

    assert first["n"] == truth["first_waits"] == truth["conversations"]
    assert first["n"] + later["n"] == truth["all_waits"]
    assert (first["p50_s"], first["p90_s"]) == (truth["p50_s"], truth["p90_s"])
    assert sorted_waits[514] / 1000 == truth["p99_s"]
    assert first["p99_s"] == sorted_waits[515] / 1000
    assert first["mean_s"] == pytest.approx(sum(sorted_waits) / 1000 / 521)


def test_later_replies_are_the_other_waits(numbers):
    """Those of `waits.jsonl` that are not the first of their conversation."""
    later = sorted(ms for ms, is_first in waits().values() if not is_first)

    assert numbers[1]["n"] == len(later)
    assert numbers[1]["p50_s"] == later[ceil(0.5 * len(later)) - 1] / 1000


def test_the_longest_waits_are_the_longest(tables):
    """The ten with the most seconds, since when, and how long."""
    found = [
        (wait.began, round(wait.seconds * 1000)) for wait in longest(tables, SPAN.now)
    ]
    ten = sorted(((ms, began) for (_, began), (ms, _) in waits().items()))[:-11:-1]

    assert found == [(began, ms) for ms, began in ten]


def test_the_docs_say_what_the_report_says(tables):
    """Every row of the table in docs/report.md: how many, p50, p90 and mean."""
    (found,) = find(tables, SPAN, (FIRST_REPLY_TIME,), ("account",))
    parts = {part.of: part.now for part in found.splits["account"]}
    parts = {"all of them": found.whole.now} | parts
    page = (Path(__file__).parents[2] / "docs/report.md").read_text("utf-8")
    written = re.findall(r"^\| (\w[\w ]+) \| (\d.*) \|$", page, re.MULTILINE)

    assert written == [
        (who, " | ".join([f"{row['n']}", *(seconds(row[name]) for name in SHOWN)]))
        for who, row in parts.items()
        if row["n"] >= 20
    ]
