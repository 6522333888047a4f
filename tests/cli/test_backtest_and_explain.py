"""The commands that try rules and tell stories, on files."""

import json
import re

import pytest
from click.testing import CliRunner

from dev.places import CONFIG
from stream.channels.pseudonym import pseudonym
from stream.cli import main
from stream.records import encode_event
from tests.timelines import customer, reply


@pytest.fixture
def files(tmp_path):
    """One customer answered after four minutes, and rules that ask for three."""
    rules = CONFIG.read_text("utf-8").replace("within: 5m", "within: 3m")
    (tmp_path / "new.yaml").write_text(rules, "utf-8")
    account = re.search(r"whatsapp:(\d+)", rules)[1]
    lines = [
        encode_event(event).replace(b'"account":"1"', f'"account":"{account}"'.encode())
        for event in (customer(0), reply(4, by="ana"))
    ]
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"\n".join([*lines, b"{}", b""]))
    return events, tmp_path / "new.yaml"


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_backtest_says_what_flips(files, tmp_path):
    """The table, the wait that flips, the bad line, and a page."""
    events, new = files
    page = tmp_path / "page.html"
    done = run(
        *("backtest", events, "--config", CONFIG, "--against", new, "--list"),
        *("--html", page),
    )

    assert done.exit_code == 0, done.output
    assert "1 -> 0 (-1)" in done.stdout
    assert "100.0% -> 0.0%" in done.stdout
    assert "met -> breached" in done.stdout
    assert f"{events}:3: " in done.stderr
    assert "new.yaml instead of sla.yaml" in page.read_text("utf-8")


def test_backtest_for_programs(files):
    """The same as JSON, with the sweep."""
    events, new = files
    done = run(
        *("backtest", events, "--config", CONFIG, "--against", new),
        *("--format", "json", "--sweep", "first_reply=3m..5m/1m"),
    )
    said = json.loads(done.stdout)

    assert [flip["now"] for flip in said["flips"]] == ["breached"]
    assert said["rows"][0]["then"]["wall_p50_s"] == 240
    assert said["rows"][0]["queue"] == "sales"
    assert [row["policy"] for row in said["policies"]] == ["whatsapp-sales"]
    (swept,) = said["sweeps"]
    levels = {each["target_s"]: each["service_level"] for each in swept["targets"]}
    assert (swept["of"], swept["name"]) == ("queue", "sales")
    assert levels == {180: 0.0, 240: 1.0, 300: 1.0}


def test_a_sweep_alone_is_of_what_is_named(files):
    """Steps and both ends; nothing is compared, so there is no table."""
    events, _ = files
    done = run(
        *("backtest", events, "--config", CONFIG),
        *("--sweep", "first_reply=3m..6m:2m", "--of", "policy:whatsapp-sales"),
        *("--of", "support"),
    )

    assert done.stdout.splitlines()[1:] == [
        "",
        "first_reply of policy whatsapp-sales: target, service level, met, breached",
        "    3m    0.0%       0       1",
        f"    5m  100.0%       1       0  {'#' * 40}",
        f"    6m  100.0%       1       0  {'#' * 40}",
        "",
        "first_reply of queue support: target, service level, met, breached",
        "    3m       -       0       0",
        "    5m       -       0       0",
        "    6m       -       0       0",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a file of EVENTS, or --topic"),
        (["EVENTS"], "give the rules to try: --against FILE"),
        (["EVENTS", "--sweep", "first=1m..2m"], "no measure is called 'first': write"),
        (["EVENTS", "--sweep", "first_reply"], "write first_reply=5m..60m"),
        (["EVENTS", "--sweep", "first_reply=5m..1m"], "must be longer than the first"),
        (["EVENTS", "--against", CONFIG, "--of", "sales"], "--of goes with --sweep"),
        (["EVENTS", "--from", "7d"], "--from and --to go with --topic"),
        (["EVENTS", "--sweep", "first_reply=1m..5m:0m"], "longer than nothing"),
        (
            ["EVENTS", "--sweep", "first_reply=1m..5m", "--of", "sale"],
            "no queue and no policy is called 'sale': did you mean 'sales'?",
        ),
        (["EVENTS", "--html", "/nowhere/page.html"], "there is no folder /nowhere"),
    ],
)
def test_backtest_says_what_to_do(files, arguments, said):
    """A wrong call is one line and exit status 2."""
    events, _ = files
    named = [events if argument == "EVENTS" else argument for argument in arguments]
    done = run("backtest", *named, "--config", CONFIG)

    assert done.exit_code == 2
    assert said in done.stderr


def test_a_sweep_of_what_nobody_promises(files):
    """Is no empty answer."""
    events, _ = files
    done = run(
        *("backtest", events, "--config", CONFIG, "--sweep", "resolution=1h..4h")
    )

    assert done.exit_code == 1
    assert "nothing to sweep: nobody waits for a resolution" in done.stderr


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n"], ids=["empty", "blank", "bad"]
)
def test_backtest_of_nothing(files, content):
    """A file without an event is no good news."""
    events, new = files
    events.write_bytes(content)
    done = run("backtest", events, "--config", CONFIG, "--against", new)

    assert done.exit_code == 1
    assert f"no events in {events}" in done.stderr


def test_explain_from_a_file(files):
    """The story in words, and as JSON with what counted."""
    events, _ = files
    done = run("explain", "c", "--events", events, "--config", CONFIG)
    plain = run(
        *("explain", "c", "--events", events, "--config", CONFIG, "--format", "json")
    )

    assert done.exit_code == 0, done.output
    assert "in time: met by ana" in done.stdout
    assert done.stdout.endswith(
        "\nWhat was sent where is not known: the events are from a file\n"
    )
    said = json.loads(plain.stdout)
    (session,) = said["sessions"]
    assert session["clocks"][0]["counted_s"] == 240
    assert session["clocks"][0]["notices"] is None
    assert said["notices_unknown"] == "the events are from a file"


def test_explain_by_a_phone_number(files, tmp_path, monkeypatch):
    """With the secret, the customer's number as a person writes it; without, a word."""
    account = re.search(r"whatsapp:(\d+)", CONFIG.read_text("utf-8"))[1]
    name = pseudonym(b"secret", "whatsapp", account, "36301234567")
    conversation = f"whatsapp:{account}:{name}"
    events = tmp_path / "theirs.jsonl"
    text = files[0].read_text("utf-8").replace('"c"', f'"{conversation}"')
    events.write_text(text, "utf-8")
    asked = ("explain", "+36 30 123-4567", "--events", events, "--config", CONFIG)

    without = run(*asked)
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", "secret")
    done = run(*asked)

    assert (without.exit_code, done.exit_code) == (1, 0)
    assert "set REPLYCLOCK_ID_SECRET" in without.stderr
    assert done.stdout.startswith(f"Conversation {conversation}\n")


def test_explain_of_nobody(files):
    """A conversation that is not there is one line."""
    events, _ = files
    done = run("explain", "nobody", "--events", events, "--config", CONFIG)

    assert done.exit_code == 1
    assert "no facts of 'nobody'" in done.stderr
