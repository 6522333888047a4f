"""Alertmanager's settings, judged by its own tool; a real one tells a channel."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from alerts.monitor import MonitorCheck
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from stream.cli import main
from stream.config import parse_config
from stream.doctor.check import Mark
from stream.monitoring.alertmanager import TEMPLATE
from stream.process.settings import Settings
from tests.alerts.conftest import eventually

EXAMPLE = (Path(__file__).parents[2] / "config" / "sla.yaml").read_text("utf-8")
LAST = "    - {to: ops-slack}\n"
SMS = ("sms", "sms-1")
ROUTES = [
    ({"alertname": "Watchdog", "severity": "none"}, "watchdog"),
    ({"alertname": "QueueQuiet", "severity": "none", "queue": "sales"}, "nobody"),
    ({"alertname": "SourceSilent", "severity": "ticket"}, "monitor"),
    ({"alertname": "CategorySpike", "severity": "ticket"}, "monitor"),
    ({"alertname": "MonitorDown", "severity": "page"}, "monitor"),
    ({"alertname": "WaitOverdue", "severity": "ticket", "queue": "sales"}, "monitor"),
]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Result]:
    """`replyclock monitoring` for the example's rules, with words changed."""

    def run(
        *options: str,
        change: Mapping[str, str] | None = None,
        **environment: str,
    ) -> Result:
        text = EXAMPLE
        for old, new in (change or {}).items():
            assert old in text
            text = text.replace(old, new)
        rules = tmp_path / "sla.yaml"
        rules.write_text(text, encoding="utf-8")
        arguments = ["monitoring", str(tmp_path / "out"), "--config", str(rules)]
        files = {"REPLYCLOCK_SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")}
        (tmp_path / "token").write_text("xoxb-replyclock-demo", encoding="utf-8")
        return CliRunner().invoke(
            main, [*arguments, *options], env={**files, **environment}
        )

    return run


def written(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(folder / "out" / "alertmanager.yml")
    return loaded


def receiver(settings: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (each for each in settings["receivers"] if each["name"] == name)
    return dict(found)


def amtool(*words: str | Path) -> None:
    ran = subprocess.run(
        ["amtool", *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_who_is_told_is_of_the_rules(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    """The last route's receiver, or the one that `alerts.monitor` names; no secret."""
    assert write().exit_code == 0
    (slack,) = receiver(written(tmp_path), "monitor")["slack_configs"]
    assert slack["channel"] == "C0OPS"
    assert slack["api_url"] == "https://slack.com/api/chat.postMessage"
    token = slack["http_config"]["authorization"]["credentials_file"]
    assert token == str(tmp_path / "token")
    assert "xoxb" not in (tmp_path / "out" / "alertmanager.yml").read_text("utf-8")

    named = {LAST: f"{LAST}  monitor: sales-slack\n"}
    assert write(change=named).exit_code == 0
    (slack,) = receiver(written(tmp_path), "monitor")["slack_configs"]
    assert slack["channel"] == "C0SALES"


def test_slacks_address_may_end_without_a_slash(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    """As for the alerts process, which takes both."""
    assert write(REPLYCLOCK_SLACK_API_URL="http://127.0.0.1:9/api").exit_code == 0
    (slack,) = receiver(written(tmp_path), "monitor")["slack_configs"]
    assert slack["api_url"] == "http://127.0.0.1:9/api/chat.postMessage"


@pytest.mark.parametrize("options", [(), ("--check",)], ids=str)
def test_what_cannot_be_read_is_a_line(
    write: Callable[..., Result], tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Exit 1 and the file's name, no traceback."""
    (tmp_path / "out" / "alertmanager.yml").mkdir(parents=True)
    done = write(*options)
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert done.stderr == f"{tmp_path}/out/alertmanager.yml: Is a directory\n"


def test_amtool_takes_it_and_finds_the_receivers(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    """Each alert has its way: the switch, people, or nobody."""
    assert write().exit_code == 0
    file = tmp_path / "out" / "alertmanager.yml"
    amtool("check-config", file)
    for labels, name in ROUTES:
        words = [f"{label}={value}" for label, value in labels.items()]
        test = ("config", "routes", "test", f"--config.file={file}")
        amtool(*test, f"--verify.receivers={name}", *words)


def test_a_webhook_and_the_switch(write: Callable[..., Result], tmp_path: Path) -> None:
    """Their addresses stay in files of others; the switch hears of no end."""
    change = {
        LAST: f"{LAST}  monitor: desk\n  watchdog: {{url_from: SWITCH}}\n",
        "  receivers:\n": "  receivers:\n    desk: {webhook: {url_from: DESK}}\n",
    }
    done = write(
        change=change,
        REPLYCLOCK_SINK_DESK_FILE="/run/secrets/desk",
        REPLYCLOCK_SINK_SWITCH_FILE="/run/secrets/switch",
    )
    assert done.exit_code == 0, done.output
    settings = written(tmp_path)
    assert receiver(settings, "monitor")["webhook_configs"] == [
        {"url_file": "/run/secrets/desk", "send_resolved": True}
    ]
    assert "slack_configs" not in receiver(settings, "monitor")
    assert receiver(settings, "watchdog")["webhook_configs"] == [
        {"url_file": "/run/secrets/switch", "send_resolved": False}
    ]
    # Debian's amtool is too old for it; the Alertmanager of docker-compose.yml is not.
    file = tmp_path / "out" / "alertmanager.yml"
    text = file.read_text("utf-8").replace("url_file: /", "url: https://a.example/")
    file.write_text(text, encoding="utf-8")
    amtool("check-config", file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {
                "sales-slack: {slack: {channel: C0SALES}}": "",
                "to: sales-slack": "to: x",
            },
            "no receiver 'x'",
        ),
        (
            {
                "ops-slack:   {slack: {channel: C0OPS}}": (
                    "ops-slack: {alertmanager: {url_from: OPS}}"
                )
            },
            "Alertmanager cannot tell 'ops-slack'",
        ),
        (
            {LAST: f"{LAST}  watchdog: {{url_from: SWITCH}}\n"},
            (
                "REPLYCLOCK_SINK_SWITCH_FILE is not set: Alertmanager reads the secret"
                " from a file; write it into one, and set this to its path instead of"
                " REPLYCLOCK_SINK_SWITCH"
            ),
        ),
    ],
    ids=["a fault", "no way", "no file"],
)
def test_what_cannot_be_told_is_said_in_a_line(
    write: Callable[..., Result], tmp_path: Path, change: dict[str, str], said: str
) -> None:
    """Exit status 1, what to do, and nothing is written."""
    done = write(change=change)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_check_says_what_is_out_of_date(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    """Nothing is written by it; the same rules give the same bytes."""
    before = write("--check")
    assert (before.exit_code, (tmp_path / "out").exists()) == (1, False)
    assert write().exit_code == 0
    again = write()
    assert (again.exit_code, again.output) == (0, "")
    assert write("--check").exit_code == 0
    moved = write("--check", change={"version: 1": "version: 1\ntimezone: Asia/Tokyo"})
    assert (moved.exit_code, "timezone is not" in moved.output) == (1, True)
    assert (tmp_path / "out" / "timezone").read_text("utf-8") == "UTC\n"


def fire(
    stack: Stack,
    *alerts: Mapping[str, str],
    over: bool = False,
    runbook: str = "https://wiki.example",
) -> None:
    """What Prometheus sends of these, with labels and a summary."""
    now = datetime.now(UTC)
    ends = {"endsAt": (now - timedelta(seconds=1)).isoformat()} if over else {}
    body = [
        {
            "labels": {k: v for k, v in alert.items() if k != "summary"},
            "annotations": {
                "summary": alert["summary"],
                "runbook_url": f"{runbook}#{alert['alertname'].lower()}",
            },
            "startsAt": (now - timedelta(minutes=1)).isoformat(),
            **ends,
        }
        for alert in alerts
    ]
    request = Request(  # noqa: S310  our own
        f"{stack.alertmanager_url}/api/v2/alerts",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    urlopen(request, timeout=5).close()  # noqa: S310  our own


HASTY = {
    "group_wait: 30s": "group_wait: 1s",
    "group_wait: 2m": "group_wait: 1s",
    "group_interval: 5m": "group_interval: 1s",
    "group_interval: 10m": "group_interval: 1s",
}
"""Nobody waits for minutes in a test; the routes and words are the written ones."""


@pytest.fixture
def telling(
    start_stack: Callable[..., Stack],
    slack: SlackStandIn,
    write: Callable[..., Result],
    tmp_path: Path,
) -> Stack:
    """A real Alertmanager with the settings written for rules that name C0SALES."""
    change = {LAST: f"{LAST}  monitor: sales-slack\n"}
    done = write(change=change, REPLYCLOCK_SLACK_API_URL=slack.url)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "out" / "alertmanager.yml").read_text("utf-8")
    for patient, hasty in HASTY.items():
        assert patient in text
        text = text.replace(patient, hasty)
    stack = start_stack("alertmanager")
    settings = stack.folder / "alertmanager" / "alertmanager.yml"
    settings.write_text(text, encoding="utf-8")
    stack.restart("alertmanager")
    return stack


async def told_in(slack: SlackStandIn, channel: str, count: int) -> list[list[str]]:
    """The lines of so many messages of the channel, as soon as they are there."""

    async def they_are_there() -> bool:
        return len(slack.messages(channel)) >= count

    await eventually(they_are_there)
    return [message["text"].splitlines() for message in slack.messages(channel)]


def overdue(queue: str) -> dict[str, str]:
    said = {"queue": queue, "summary": f"{queue}: late"}
    return {"alertname": "WaitOverdue", "severity": "ticket", **said}


@pytest.mark.broker
async def test_eight_queues_are_one_message_in_the_channel_of_the_rules(
    telling: Stack, slack: SlackStandIn
) -> None:
    """It names all that are open, and says when they are over; a closed one is kept."""
    quiet = {"alertname": "QueueQuiet", "severity": "none", "queue": "queue-3"}
    fire(telling, {**quiet, "summary": "closed"})
    queues = [f"queue-{number}" for number in range(8)]
    fire(telling, *map(overdue, queues))
    (first,) = await told_in(slack, "C0SALES", 1)
    loud = [queue for queue in queues if queue != "queue-3"]
    assert first == [
        "TICKET: WaitOverdue (7)",
        *(f"{queue}: late" for queue in loud),
        "https://wiki.example#waitoverdue",
    ]
    fire(telling, *map(overdue, queues), over=True)
    *_, last = await told_in(slack, "C0SALES", 2)
    assert last == [
        "RESOLVED: WaitOverdue (7)",
        *(f"over: {queue}: late" for queue in loud),
        "https://wiki.example#waitoverdue",
    ]
    assert slack.messages("C0OPS") == []


@pytest.mark.broker
async def test_silent_accounts_of_a_channel_are_one_message(
    telling: Stack, slack: SlackStandIn
) -> None:
    """An outage of Meta's is not a message for each account; SMS is another matter."""
    silent = {"alertname": "SourceSilent", "severity": "ticket", "queue": "sales"}
    fire(
        telling,
        *(
            {**silent, "channel": channel, "account": account, "summary": account}
            for channel, account in [*(("whatsapp", str(n)) for n in range(8)), SMS]
        ),
    )
    assert sorted(await told_in(slack, "C0SALES", 2)) == [
        [
            "TICKET: SourceSilent of sms in sales",
            "sms-1",
            "https://wiki.example#sourcesilent",
        ],
        [
            "TICKET: SourceSilent of whatsapp in sales (8)",
            *map(str, range(8)),
            "https://wiki.example#sourcesilent",
        ],
    ]


@pytest.mark.broker
async def test_a_runbook_can_be_clicked(
    start_stack: Callable[..., Stack], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a real Prometheus: its base is of the environment, and no label."""
    monkeypatch.setenv("REPLYCLOCK_RUNBOOK", "https://wiki.example/runbook")
    stack = start_stack("prometheus", "alertmanager")

    def watchdogs() -> list[dict[str, Any]]:
        url = f"{stack.alertmanager_url}/api/v2/alerts?filter=alertname%3DWatchdog"
        with urlopen(url, timeout=5) as answer:  # noqa: S310  our own
            found: list[dict[str, Any]] = json.load(answer)
        return found

    async def it_fires() -> bool:
        return bool(watchdogs())

    await eventually(it_fires)
    (alert,) = watchdogs()
    runbook = "https://wiki.example/runbook#watchdog"
    assert alert["annotations"]["runbook_url"] == runbook
    assert alert["labels"] == {"alertname": "Watchdog", "severity": "none"}


@pytest.mark.broker
async def test_the_doctor_asks_whom_it_tells(
    start_stack: Callable[..., Stack],
    write: Callable[..., Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A real Alertmanager's settings beside the rules: the same, forgotten, others."""
    assert write().exit_code == 0
    stack = start_stack("alertmanager")
    settings = stack.folder / "alertmanager" / "alertmanager.yml"
    shutil.copy(tmp_path / "out" / "alertmanager.yml", settings)
    stack.restart("alertmanager")
    monkeypatch.setenv("REPLYCLOCK_SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))

    async def found(
        text: str, url: str = stack.alertmanager_url
    ) -> list[tuple[Mark, str]]:
        config = parse_config(text, "sla.yaml")
        look = MonitorCheck(Settings(alertmanager_url=url), config).look
        return [(finding.mark, finding.found) for finding in await look()]

    well = (Mark.OK, "tells C0OPS, and no switch")
    deaf = "hears nothing of Prometheus: what always fires is not there"
    assert await found(EXAMPLE) == [well, (Mark.FAIL, deaf)]
    watchdog = {"alertname": "Watchdog", "severity": "none", "summary": "x"}
    fire(stack, watchdog, runbook="docs/runbook.md")
    unclicked = "its alerts lead to a runbook that nobody can click"
    assert await found(EXAMPLE) == [well, (Mark.WARN, unclicked)]
    fire(stack, watchdog)
    assert await found(EXAMPLE) == [well]

    named = EXAMPLE.replace(LAST, f"{LAST}  monitor: sales-slack\n")
    forgotten = "tells C0OPS; by alerts.monitor it is to tell C0SALES"
    assert await found(named) == [(Mark.FAIL, forgotten)]
    monkeypatch.setenv("REPLYCLOCK_SINK_SWITCH_FILE", "/run/secrets/switch")
    switch = EXAMPLE.replace(LAST, f"{LAST}  watchdog: {{url_from: SWITCH}}\n")
    no_switch = "tells nobody; by alerts.watchdog it is to tell /run/secrets/switch"
    assert await found(switch) == [(Mark.FAIL, no_switch)]
    away = await found(EXAMPLE, "http://127.0.0.1:9")
    assert away == [(Mark.FAIL, "no answer: ClientConnectorError")]
    assert await found(EXAMPLE, "") == []

    settings.write_text("route: {receiver: x}\nreceivers: [{name: x}]\n", "utf-8")
    stack.restart("alertmanager")
    fire(stack, watchdog)
    others = "has settings of your own: whom it tells is not looked at"
    assert await found(EXAMPLE) == [(Mark.WARN, others)]


def test_the_template_tells_nobody_by_itself() -> None:
    """Whom it tells is never a constant: what is to be filled in is empty."""
    settings = YAML(typ="safe").load(TEMPLATE)
    (slack,) = receiver(settings, "monitor")["slack_configs"]
    told = (
        slack["api_url"],
        slack["channel"],
        *slack["http_config"]["authorization"].values(),
    )
    assert told == ("", "", "")
