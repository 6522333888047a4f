"""The archive: facts as Parquet by day, whoever is interrupted."""

import json
import signal
import subprocess
import sys
import time
from datetime import datetime
from random import Random

import duckdb
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from stream.cli import main
from stream.figures.archive import Archive, ArchiveError
from stream.figures.columns import COLUMNS
from stream.records import encode_fact
from stream.sla.events import Scale
from stream.sla.facts import Fact, FactKind, Reason, SessionSum, Survey
from stream.sla.hours import DAY
from stream.sla.instants import rfc3339
from tests.pages import blocks
from tests.upgrading.kept import KEPT, Kept

DAYS = 3
TOLD = [
    replace(
        fact, fact_id=f"{fact.fact_id}{day}", at=fact.at + day * DAY, contact=b"sealed"
    )
    for day in range(DAYS)
    for fact in Kept(KEPT / "0.1.0").facts
]
"""Everything that happens in a crowd, and three days of it."""


def archived(folder, facts=TOLD):
    """What the archive says of each day as it writes it."""
    with Archive(folder) as archive:
        for place, fact in enumerate(facts):
            archive.add(fact, place)
        return [(day.day, day.facts, day.new) for day in archive.write()]


def rows(folder, name="*"):
    """What an analyst reads, as the wire has it."""
    with duckdb.connect() as sql:
        sql.execute("SET TimeZone = 'UTC'")
        read = sql.sql(f"FROM read_parquet('{folder}/{name}.parquet')")
        return [
            {k: _plain(v) for k, v in zip(read.columns, row, strict=True)}
            for row in read.fetchall()
        ]


def _plain(value):
    if isinstance(value, datetime):
        return rfc3339(round(value.timestamp() * 1000))
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None}
    return value


def wire(fact):
    """A fact with all fields, without those that lead to a person."""
    known = json.loads(encode_fact(fact))
    known["shadow"] = known.get("shadow", False)
    return {name: known.get(name) for name in COLUMNS if name != "place"}


def sorted_by_name(found):
    bare = [{k: v for k, v in row.items() if k != "place"} for row in found]
    return sorted(bare, key=lambda row: row["fact_id"])


WANTED = sorted_by_name(map(wire, TOLD))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All of it, archived once."""
    folder = tmp_path_factory.mktemp("archive")
    archived(folder)
    return folder


def test_every_word_of_a_fact_is_in_the_file_of_its_day(folder):
    """Read back they are the facts, but for who the customer is, and a link."""
    assert sorted_by_name(rows(folder)) == WANTED
    assert {r["at"][:10] for r in rows(folder, "2023-11-16")} == {"2023-11-16"}
    assert {*json.loads(encode_fact(TOLD[0]))} - {*COLUMNS} == {"v", "contact"}


def test_nothing_is_there_twice(folder, tmp_path):
    """In halves that overlap, in any order, once more: the same facts."""
    shuffled = TOLD * 2
    Random(1).shuffle(shuffled)  # noqa: S311  tests
    for part in (TOLD[::2], TOLD[len(TOLD) // 3 :], TOLD[1::2]):
        archived(tmp_path, part)
    assert sorted_by_name(rows(tmp_path)) == WANTED
    again = archived(tmp_path, shuffled)

    assert sorted_by_name(rows(tmp_path)) == WANTED
    assert {new for _, _, new in again} == {0}


def test_facts_of_a_conversation_are_in_the_order_in_which_they_were_told(folder):
    """So the last one told of a session is the one that stands (ADR 33)."""
    found = [row["fact_id"] for row in rows(folder, "2023-11-14")]
    told = [fact.fact_id for fact in sorted(TOLD, key=lambda f: f.noticed_at)]

    assert found == [name for name in told if name in {*found}]


def test_an_interrupted_archive_has_whole_days_and_is_done_again(tmp_path):
    """After one day's file nothing else is there, and then all of them."""
    with Archive(tmp_path) as archive:
        for place, fact in enumerate(TOLD):
            archive.add(fact, place)
        first = next(archive.write())

    assert [path.name for path in tmp_path.glob("[!.]*")] == [f"{first.day}.parquet"]
    assert len(rows(tmp_path)) == first.facts
    assert not (tmp_path / ".spool").exists()
    archived(tmp_path)
    assert sorted_by_name(rows(tmp_path)) == WANTED


def test_a_killed_archive_is_done_again(folder, tmp_path):
    """Whatever file is there is whole; what it left behind is in nobody's way."""
    told, kept = tmp_path / "told.jsonl", tmp_path / "kept"
    told.write_bytes(b"\n".join(map(encode_fact, TOLD)))
    command = [sys.executable, "-m", "stream.cli", "facts", "archive", kept, told]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while running.poll() is None and not [*kept.glob("*.parquet")]:
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.wait()

    there = {path.name for path in kept.glob("*.parquet")}
    assert there
    for name in there:
        day = name.partition(".")[0]
        assert sorted_by_name(rows(kept, day)) == sorted_by_name(rows(folder, day))
    done = CliRunner().invoke(main, ["facts", "archive", str(kept), str(told)])
    assert done.exit_code == 0, done.output
    assert sorted_by_name(rows(kept)) == WANTED


def test_an_archive_of_before_goes_on(folder, tmp_path):
    """A file without the columns of today has none of what they say."""
    with duckdb.connect() as sql:
        old = sql.sql(
            f"SELECT * EXCLUDE (session, purchase) FROM '{folder}/2023-11-14.parquet'"  # noqa: S608
        )
        old.write_parquet(str(tmp_path / "2023-11-14.parquet"))
    of_the_day = [fact for fact in TOLD if rfc3339(fact.at) < "2023-11-15"]
    late = replace(of_the_day[0], fact_id="late")

    assert archived(tmp_path, [*of_the_day, late]) == [
        ("2023-11-14", len(of_the_day) + 1, 1)
    ]


def test_one_at_a_time(tmp_path):
    """Two that read the same old file would lose each other's news."""
    with Archive(tmp_path), pytest.raises(ArchiveError, match="another archive writes"):
        Archive(tmp_path).__enter__()


def test_what_is_no_fact_is_counted(tmp_path):
    """One line on stderr, and the others are kept; only those asked for."""
    told = tmp_path / "told.jsonl"
    told.write_bytes(b"\n".join([b"{}", b"", *map(encode_fact, TOLD)]))
    part = ["--from", "2023-11-15T00:00:00Z", "--to", "2023-11-16T00:00:00Z"]
    done = CliRunner().invoke(
        main, ["facts", "archive", str(tmp_path / "kept"), str(told), *part]
    )

    assert done.stderr == "1 records are no facts, and left out\n"
    assert done.stdout == "2023-11-15: 371 facts, 371 of them new\n"


def test_without_duckdb_it_says_what_to_install(tmp_path, monkeypatch):
    """It is an extra of the package."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    (told := tmp_path / "told.jsonl").touch()
    done = CliRunner().invoke(main, ["facts", "archive", str(tmp_path), str(told)])

    assert (done.exit_code, done.stderr) == (
        1,
        'Error: DuckDB is not installed: pip install "replyclock[figures]"\n',
    )


def test_the_page_is_what_an_analyst_types(tmp_path):
    """Each query of docs/facts.md, over sessions and answers worked out by hand.

    Three sessions: a bot's alone, resolved; a person's, resolved, told twice (of a
    reply that failed late); one that was spam. Scores 5 and 2.
    """
    archived(tmp_path / "facts", _by_hand())
    view, automated, scores = (
        query.replace("'facts/", f"'{tmp_path}/facts/")
        for query in blocks("facts.md", "sql")
    )
    with duckdb.connect() as sql:
        sql.execute(view)
        stands = "SELECT session.agent_replies FROM sessions ORDER BY started_at"
        assert sql.execute(stands).fetchall() == [(0,), (1,)]
        assert sql.execute(automated).fetchall() == [(50.0,)]
        assert sql.execute(scores).fetchall() == [("csat", 3.5, 2)]


def _by_hand():
    ended = next(f for f in TOLD if f.session is not None)

    def end(name, start, reason=Reason.CLOSED, noticed=0, **came_to):
        return replace(
            ended,
            fact_id=name,
            conversation_id="c",
            started_at=start,
            reason=reason,
            noticed_at=noticed,
            session=SessionSum(**came_to),
        )

    def answered(name, at, score):
        return Fact(
            fact_id=name,
            kind=FactKind.SURVEYED,
            at=at,
            noticed_at=at,
            conversation_id="c",
            channel=ended.channel,
            account="1",
            queue="sales",
            survey=Survey(scale=Scale.CSAT, score=score),
        )

    return [
        end("bot", 1000, bot_replies=2, resolved_at=2000),
        answered("five", 1500, 5),
        end("two", 5000, noticed=6000, agent_replies=2, resolved_at=6000),
        end("one", 5000, noticed=7000, agent_replies=1, resolved_at=6000),
        answered("low", 9000, 2),
        end("spam", 20_000, Reason.SPAM, agent_replies=1),
    ]
