"""The commands as people type them: exit codes, words, and never a traceback."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from stream.cli import main
from stream.cli.simulate import app_secrets
from stream.config.file import MISSING
from stream.process.settings import Settings
from stream.records import encode_event
from tests.bodies import asked, on_the_wire
from tests.timelines import CONFIG, customer, reply

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "config" / "sla.yaml")
BODY = on_the_wire(asked())


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the variables of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("REPLYCLOCK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "sla.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return str(path)


@pytest.fixture
def events(tmp_path: Path) -> str:
    path = tmp_path / "events.jsonl"
    lines = [encode_event(event) for event in (customer(0), reply(12))]
    path.write_bytes(b"\n".join([lines[0], b"{}", lines[1]]))
    return str(path)


def run(*arguments: str, given: bytes | None = None) -> Result:
    """Run a command; whatever it raises beside its exit fails the test."""
    result = CliRunner().invoke(main, arguments, input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def kinds(result: Result) -> list[str]:
    return [json.loads(line)["kind"] for line in result.stdout.splitlines()]


def test_check_says_good():
    """A good file is exit 0 and one word."""
    result = run("check", EXAMPLE)

    assert (result.exit_code, result.stdout) == (0, f"{EXAMPLE}: good\n")
    assert result.stderr == ""


def test_check_without_a_file_reads_the_one_of_the_environment(monkeypatch, config):
    """The default is REPLYCLOCK_CONFIG."""
    monkeypatch.setenv("REPLYCLOCK_CONFIG", config)

    assert run("check").stdout == f"{config}: good\n"


def test_check_says_all_faults(monkeypatch, tmp_path):
    """Faults of the settings and of the file are lines on standard error; exit 1."""
    path = tmp_path / "sla.yaml"
    path.write_text(CONFIG.replace("C1", "ops"), encoding="utf-8")
    monkeypatch.setenv("REPLYCLOCK_PARTITIONS", "0")

    result = run("check", str(path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "REPLYCLOCK_PARTITIONS: must be at least 1",
        (
            f"{path}:7:53: alerts.receivers.s.slack.channel: "
            "must be a Slack channel id, C0123456789, not its name"
        ),
    ]


def test_check_without_a_file_says_all_faults_too(monkeypatch, tmp_path):
    """A fault of the settings does not keep the file of the environment unread."""
    monkeypatch.setenv("REPLYCLOCK_CONFIG", str(tmp_path / "none.yaml"))
    monkeypatch.setenv("REPLYCLOCK_PARTITIONS", "0")

    assert len(run("check").stderr.splitlines()) == 2


def test_check_speaks_json(tmp_path):
    """`--format json` is one object with every fault's place."""
    path = tmp_path / "sla.yaml"
    path.write_text(CONFIG.replace("version: 1", "version: 2"), encoding="utf-8")

    result = run("check", str(path), "--format", "json")

    fault = {
        "level": "error",
        "file": str(path),
        "line": 2,
        "column": 1,
        "path": "version",
        "message": "must be 1",
    }
    assert (result.exit_code, json.loads(result.stdout)) == (
        1,
        {"ok": False, "faults": [fault], "warnings": []},
    )
    good = run("check", EXAMPLE, "--format", "json")
    assert good.exit_code == 0
    assert json.loads(good.stdout) == {"ok": True, "faults": [], "warnings": []}


CHANCE = "openssl rand -hex 32 makes one"
NOT_METAS = "is no app secret of Meta's, which has 32 characters: App settings > Basic"
ODD = [
    "REPLYCLOCK_BROKER_FILE: is no setting: did you mean 'REPLYCLOCK_BROKER'?",
    "REPLYCLOCK_REDIS_ULR: is no setting: did you mean 'REPLYCLOCK_REDIS_URL'?",
    f"REPLYCLOCK_ID_SECRET: has fewer than 16 characters: {CHANCE}",
    f"REPLYCLOCK_MESSENGER_APP_SECRET: {NOT_METAS}",
]


def test_what_is_odd_in_the_environment_is_a_warning(monkeypatch):
    """A name that nothing reads, and secrets that somebody made up; none is shown.

    What docker-compose.yml reads of the same .env is not odd.
    """
    monkeypatch.setenv("REPLYCLOCK_WORKERS", "3")
    monkeypatch.setenv("REPLYCLOCK_REDIS_ULR", "redis://redis")
    monkeypatch.setenv("REPLYCLOCK_BROKER_FILE", "/run/secrets/broker")
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", "hush")
    monkeypatch.setenv("REPLYCLOCK_MESSENGER_APP_SECRET", "hush")
    result = run("check", EXAMPLE)

    assert result.exit_code == 0
    assert result.stderr.splitlines() == [f"environment: warning: {it}" for it in ODD]
    assert run("check", EXAMPLE, "--strict").exit_code == 1
    said = json.loads(run("check", EXAMPLE, "--format", "json").stdout)
    assert len(said["warnings"]) == 4
    assert said["ok"]


def test_who_may_post_may_say_what_meta_does_not(monkeypatch, tmp_path):
    """Whoever has a token can say that something is resolved, of its accounts."""
    file = tmp_path / "sla.yaml"
    example = Path(EXAMPLE).read_text("utf-8")
    file.write_text(
        example.replace("first_reply: 30m", "first_reply: 30m, resolution: 4h"), "utf-8"
    )

    def said() -> list[str]:
        return run("check", str(file)).stderr.splitlines()

    (warning,) = said()
    assert "policies.2.targets.resolution: can never be met: Meta's webhooks" in warning
    entry = {"tokens": [{"sha256": "0" * 64}], "accounts": ["messenger:1234567890"]}
    monkeypatch.setenv("REPLYCLOCK_EVENTS_TOKENS", json.dumps({"desk": entry}))
    (warning,) = said()
    assert "can never be met on whatsapp:106540352242922: Meta's" in warning
    monkeypatch.setenv("REPLYCLOCK_EVENTS_TOKEN", "t" * 32)
    assert said() == []


def test_strict_finds_fault_with_a_warning_only(monkeypatch, tmp_path):
    """A file without one is good, strictly, too; with one it is not called good."""
    assert run("check", EXAMPLE, "--strict").exit_code == 0
    odd = tmp_path / "sla.yaml"
    odd.write_text(
        CONFIG.replace("version: 1", "version: 1\nabandon_after: 1h"), "utf-8"
    )
    assert run("check", str(odd)).exit_code == 0
    strict = run("check", str(odd), "--strict")
    assert (strict.exit_code, strict.stdout) == (1, "")
    assert strict.stderr.splitlines()[-1] == f"{odd}: not good, strictly: 3 warnings"
    as_json = run("check", str(odd), "--strict", "--format", "json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["ok"]) == (1, False)


def test_parse_prints_events(tmp_path):
    """A webhook body becomes an event a line, from a file or standard input."""
    (tmp_path / "body.json").write_bytes(BODY)
    from_file = run("parse", "whatsapp", str(tmp_path / "body.json"))
    piped = run("parse", "whatsapp", given=BODY)

    assert (from_file.exit_code, piped.exit_code) == (0, 0)
    events = [json.loads(line) for line in from_file.stdout.splitlines()]
    assert events
    assert {event["channel"] for event in events} == {"whatsapp"}
    assert len(piped.stdout.splitlines()) == len(events)


def test_a_saved_body_did_not_arrive_now():
    """So the same body gives the same events, and the same facts, any day."""
    assert b"received_at" not in run("parse", "whatsapp", given=BODY).stdout_bytes
    now = run("parse", "whatsapp", "--received-now", given=BODY).stdout.splitlines()
    assert all("received_at" in json.loads(line) for line in now)


def test_parse_knows_the_apps_of_the_file(tmp_path):
    """An echo of a chatbot's app is the bot's, once the file names it (F4)."""
    file = tmp_path / "sla.yaml"
    file.write_text(CONFIG + "apps: {555000111222: bot}\n", encoding="utf-8")
    message = {"mid": "m_2", "is_echo": True, "app_id": 555000111222}
    sides = {"sender": {"id": "55"}, "recipient": {"id": "88"}, "timestamp": 1790000004}
    entry = {"id": "55", "messaging": [{**sides, "message": message}]}
    body = json.dumps({"object": "page", "entry": [entry]}).encode()

    for options, kind in (((), "unknown"), (("--config", str(file)), "bot")):
        result = run("parse", "messenger", *options, given=body)
        assert json.loads(result.stdout)["author"]["kind"] == kind


def test_parse_of_nothing_is_no_fault():
    """A body without an event is exit 0 and no line."""
    result = run("parse", "messenger", given=b'{"object": "page", "entry": []}')

    assert (result.exit_code, result.stdout) == (0, "")


def test_parse_goes_on_after_a_bad_body(tmp_path):
    """A body that is no JSON is named, the next one is parsed; exit 1."""
    bad = tmp_path / "bad.json"
    bad.write_text("?", encoding="utf-8")

    good = tmp_path / "good.json"
    good.write_bytes(BODY)

    result = run("parse", "whatsapp", str(bad), str(good))

    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == f"{bad}: the body is not JSON"
    assert kinds(result)


def test_replay_prints_facts(config, events):
    """Facts on standard output, bad lines with their place on the other; exit 1."""
    result = run("replay", events, "--config", config)

    assert result.exit_code == 1
    assert result.stderr == f"{events}:2: Object missing required field `kind`\n"
    assert kinds(result) == [
        "session_opened",
        "clock_started",
        "warned",
        "warned",
        "breached",
        "answered_late",
    ]
    assert run("replay", events, "--config", config).stdout == result.stdout


def test_replay_runs_on_until(config):
    """--until lets time pass after the last event; standard input is `-`."""
    line = encode_event(customer(0))
    stop = ("replay", "-", "--config", config, "--until")

    assert kinds(run(*stop, "2023-11-14T22:13:21Z", given=line))[-1] == "clock_started"
    result = run(*stop, "2023-11-14T23:13:20+00:00", given=line)
    assert (result.exit_code, kinds(result)[-1]) == (0, "breached")


def test_replay_of_something_else_stops_naming_lines(config):
    """Twenty faults are enough to see what is wrong; then how many there are."""
    result = run("replay", "-", "--config", config, given=b"no event\n" * 50)

    assert result.exit_code == 1
    *named, last = result.stderr.splitlines()
    assert len(named) == 20
    assert last == "... 50 lines are no events"


def test_replay_of_a_broken_clock_is_a_bad_line(config):
    """An event at the end of the calendar is a fault of its line."""
    line = encode_event(customer(0))
    line = line.replace(b"2023-11-14T22:13:20", b"9999-12-31T23:59:59")

    result = run("replay", "-", "--config", config, given=line)
    assert (result.exit_code, result.stdout) == (1, "")


SIMULATE = ("simulate", "--seconds", "20", "--rate", "3", "--config", EXAMPLE)
START = ("--start", "2026-11-23T09:00:00Z")


def test_simulate_prints_events_webhooks_or_the_truth():
    """Same seed, same lines; the truth counts what the others print."""
    events = run(*SIMULATE, *START).stdout.splitlines()
    webhooks = run(*SIMULATE, *START, "--webhooks").stdout.splitlines()
    truth = json.loads(run(*SIMULATE, *START, "--truth").stdout)

    assert (len(events), len(webhooks)) == (truth["events"], truth["webhooks"])
    assert events == run(*SIMULATE, *START).stdout.splitlines()
    assert events != run(*SIMULATE, *START, "--seed", "2").stdout.splitlines()


def test_simulate_asks_for_the_secrets_it_signs_with():
    """Sending without an app secret is one line that names the variable; exit 1."""
    result = run(*SIMULATE, "--to", "http://127.0.0.1:1")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("REPLYCLOCK_WHATSAPP_APP_SECRET is not set: ")


def test_simulate_signs_as_the_newest_secret_of_a_channels_first_app():
    """The variables of one app come before the apps by name."""
    apps = {"acme": {"app_secrets": ["new", "old"]}, "sold": {"app_secrets": ["s"]}}
    settings = Settings(
        whatsapp_app_secret=SecretStr("w"), meta_apps=SecretStr(json.dumps(apps))
    )

    assert app_secrets(settings) == {"whatsapp": b"w", "messenger": b"new"}


@pytest.mark.parametrize(
    "accounts", [None, "[]", '["instagram:1"]'], ids=["no queue", "none", "instagram"]
)
def test_simulate_says_what_it_cannot_play(tmp_path, accounts):
    """A config without accounts to play on is one line, not a traceback."""
    path = tmp_path / "sla.yaml"
    queues = "{}" if accounts is None else f"{{q: {{accounts: {accounts}}}}}"
    text = CONFIG.replace('{sales: {accounts: ["whatsapp:1"]}}', queues)
    path.write_text(text, encoding="utf-8")

    result = run("simulate", "--seconds", "20", "--config", str(path))
    assert result.exit_code in (1, 2)
    assert result.stderr


COMMANDS = [
    "alerts",
    "backtest",
    "begin-anew",
    "check",
    "dead-letters",
    "doctor",
    "explain",
    "facts",
    "import",
    "intake",
    "monitoring",
    "parse",
    "replay",
    "report",
    "schema",
    "simulate",
    "token",
    "worker",
]
BELOW = [
    "alerts preview",
    "alerts test",
    "dead-letters list",
    "dead-letters resend",
    "dead-letters show",
    "facts archive",
    "import chatwoot",
    "import csv",
    "import zendesk",
]


def test_every_command_is_listed():
    """`replyclock --help` names the commands of this package and of delivery."""
    text = run("--help").stdout.split("Commands:")[1]

    assert re.findall(r"^  ([\w-]+)", text, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("group", [(), ("alerts",), ("dead-letters",), ("import",)])
def test_what_a_command_does_is_a_whole_sentence(group):
    """No summary in a list of commands is cut."""
    assert "..." not in run(*group, "--help").stdout.split("Commands:")[1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["backtst"], "no command 'backtst': did you mean 'backtest'?"),
        (["alerts", "tset"], "no command 'tset': did you mean 'test'?"),
        (["frobnicate"], "no command 'frobnicate': see --help"),
    ],
)
def test_a_command_that_is_near_is_named(typed, said):
    """As for options and the keys of the rules file."""
    assert run(*typed).stderr.endswith(f"Error: {said}\n")


@pytest.mark.parametrize(
    "typed",
    [
        ["backtest", "--topic", "--from", "yesterday"],
        ["simulate", "--start", "yesterday"],
        ["replay", "-", "--until", "yesterday"],
        ["dead-letters", "list", "--since", "yesterday"],
    ],
)
def test_an_instant_that_is_none_says_how_to_write_one(typed):
    """The same words everywhere, and none of Python's."""
    said = "'yesterday': write 2026-11-23T09:00:00Z, or how long ago: 4h, 7d\n"
    assert run(*typed, given=b"").stderr.endswith(said)


@pytest.mark.parametrize("command", COMMANDS + BELOW)
def test_every_command_has_an_example(command):
    """The help of a command ends with a line that can be copied."""
    result = run(*command.split(), "--help")

    assert result.exit_code == 0
    assert f"replyclock {command}" in result.stdout.split("Example:")[1]


MISTAKES = {
    "A sender's name that is none": ["token", "Help Desk"],
    "A command that does not exist": ["frobnicate"],
    "An option that does not exist": ["check", "--nope"],
    "A source that does not exist": ["parse", "fax"],
    "A body that is not there": ["parse", "whatsapp", "nowhere.json"],
    "Events that are not there": ["replay", "nowhere.jsonl", "--config", EXAMPLE],
    "An end that is no time": ["replay", "-", "--config", EXAMPLE, "--until", "soon"],
    "A start that is no time": ["simulate", "--start", "soon", "--config", EXAMPLE],
    "A play that is too short": ["simulate", "--seconds", "5"],
    "A place that is none": ["dead-letters", "show", "0-117"],
    "A time that is none": ["dead-letters", "list", "--since", "soon"],
    "Nothing to resend is named": ["dead-letters", "resend"],
    "A place and all": ["dead-letters", "resend", "0:1", "--all"],
    "A place and a reason": ["dead-letters", "resend", "0:1", "--reason", "kind"],
    "Conversations of alerts": ["begin-anew", "--alerts", "--rebuild", "--yes"],
    "Nobody to be asked": ["begin-anew"],
    "A kind of alert that does not exist": ["alerts", "preview", "--kind", "fax"],
    "A receiver that nobody is": ["alerts", "test", "nobody", "--config", EXAMPLE],
    "A format that does not exist": ["check", "--format", "xml"],
}


@pytest.mark.parametrize("arguments", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_of_usage_is_exit_2(arguments):
    """What was typed wrong is said in one line, after the usage."""
    result = run(*arguments, given=b"")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("Error: ")


@pytest.mark.parametrize(
    "command",
    [
        *(["replay", "-"], ["simulate"], ["worker"]),
        *(["alerts"], ["alerts", "preview"], ["alerts", "test", "ops-slack"]),
    ],
)
def test_a_config_that_is_not_there_is_one_line(monkeypatch, command):
    """Every command that needs the rules says which file it did not find; exit 1."""
    monkeypatch.setenv("REPLYCLOCK_CONFIG", "nowhere.yaml")
    result = run(*command, given=b"")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"nowhere.yaml:1:1: {MISSING}\n"


@pytest.mark.parametrize("command", ["worker", "intake", "parse", "dead-letters"])
def test_wrong_settings_are_one_line_each(monkeypatch, command):
    """A process that cannot start says every wrong variable and exits with 1."""
    monkeypatch.setenv("REPLYCLOCK_PARTITIONS", "0")
    monkeypatch.setenv("REPLYCLOCK_WORKER_PORT", "99999")
    more = {"parse": ["whatsapp"], "dead-letters": ["list"]}
    result = run(command, *more.get(command, []))

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["dead-letters", "list"],
        ["dead-letters", "show", "0:1"],
        ["dead-letters", "resend", "--all"],
        ["begin-anew", "--yes"],
        ["begin-anew", "--dry-run", "--alerts"],
    ],
)
def test_without_kafka_there_is_one_line(monkeypatch, words):
    """A Kafka that is not there: exit 1, and the setting to look at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        broker = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("REPLYCLOCK_BROKER", broker)
        result = run(*words)

    assert (result.exit_code, result.stdout) == (1, "")
    start = f"Error: kafka at {broker} is not reachable: "
    assert result.stderr.startswith(start)
    assert result.stderr.endswith("; see REPLYCLOCK_BROKER\n")
    assert len(result.stderr.splitlines()) == 1


class Standing:
    """Partition 0, as `begin-anew` finds it."""

    partition, first, end, read_up_to = 0, 5, 21, "400"


class Anew:
    """Something to be begun anew that notes when it is."""

    says = "the events are read again"

    def __init__(self, *_: object) -> None:
        self.begun = False

    async def look(self) -> list[Standing]:
        return [Standing()]

    async def steps(self) -> int:
        return 4

    async def count(self, step) -> dict[int, int]:
        step(4)
        return {0: 3}

    async def begin(self, step) -> None:
        step(4)
        self.begun = True


@pytest.mark.parametrize(
    ("words", "given", "status", "begun"),
    [
        (["--dry-run"], None, 0, False),
        (["--yes"], None, 0, True),
        ([], b"y\n", 0, True),
        ([], b"n\n", 1, False),
    ],
)
def test_begin_anew_shows_what_it_does_and_asks(
    monkeypatch, words, given, status, begun
):
    """First the table, then the question; nothing is done without a yes."""
    anew = Anew()
    monkeypatch.setattr("stream.worker.epoch.Epoch", lambda *_, **__: anew)
    monkeypatch.setattr(
        "stream.cli.begin_anew.ask", lambda work, _: asyncio.run(work(0, 0))
    )
    monkeypatch.setattr("stream.cli.begin_anew.at_terminal", lambda: True)

    result = run("begin-anew", *words, given=given)

    assert (result.exit_code, anew.begun) == (status, begun)
    header, row, says, *_ = result.stdout.splitlines()
    assert header.split("  ") == [
        "partition",
        "first",
        "end",
        "read up to",
        "conversations",
    ]
    assert row.split() == ["0", "5", "21", "400", "3"]
    assert says == "the events are read again"
    assert result.stdout.endswith("begun anew: start the processes again\n") == begun


def test_a_worker_without_kafka_says_so_and_goes_on_trying():
    """One clear line a try, again and again, and SIGTERM is exit 0."""
    with socket.socket() as taken, socket.socket() as free:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        free.bind(("127.0.0.1", 0))
        broker = f"127.0.0.1:{taken.getsockname()[1]}"
        port = str(free.getsockname()[1])
        free.close()
        worker = subprocess.Popen(
            [sys.executable, "-m", "stream.cli", "worker"],
            cwd=ROOT,
            env={
                "REPLYCLOCK_BROKER": broker,
                "REPLYCLOCK_WORKER_PORT": port,
                "REPLYCLOCK_CONFIG": EXAMPLE,
            },
            stderr=subprocess.PIPE,
        )
        try:
            assert worker.stderr is not None
            lines = [json.loads(worker.stderr.readline()) for _ in range(2)]
            worker.send_signal(signal.SIGTERM)
            _, rest = worker.communicate(timeout=10)
        finally:
            worker.kill()
            worker.wait()

    said = {(line["event"], line["broker"]) for line in lines}
    assert said == {("kafka is not reachable", broker)}
    assert (worker.returncode, rest) == (0, b"")
