"""`replyclock alerts preview` and `test`, as people type them."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from alerts.preview.kinds import NAMES
from dev.slack.client import SlackStandIn
from stream.cli import main

ROOT = Path(__file__).parents[2]
CONFIG = (ROOT / "config" / "sla.yaml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the variables of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("REPLYCLOCK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, with a receiver that mentions somebody, named by the environment."""
    path = tmp_path / "sla.yaml"
    lost = "    lost:        {slack: {channel: C0NOWHERE}}\n"
    text = CONFIG.replace("channel: C0SALES", 'channel: C0SALES, mention: "@here"')
    path.write_text(text + lost, encoding="utf-8")
    monkeypatch.setenv("REPLYCLOCK_CONFIG", str(path))
    return path


@pytest.fixture
def sends(
    config: Path, slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch
) -> SlackStandIn:
    """The stand-in Slack, known to the environment."""
    monkeypatch.setenv("REPLYCLOCK_SLACK_API_URL", slack.url)
    monkeypatch.setenv("REPLYCLOCK_SLACK_BOT_TOKEN", slack.token)
    monkeypatch.setenv("USER", "ana")
    monkeypatch.delenv("LOGNAME", raising=False)
    return slack


def run(*arguments: str) -> Result:
    """Run a command of `alerts`; whatever it raises beside its exit fails the test."""
    result = CliRunner().invoke(main, ["alerts", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def shown(message: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in message["blocks"]]


@pytest.fixture
def _own_logs() -> Iterator[None]:
    """A process sets up logs once and for all; the tests after it have their own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_own_logs")
def test_without_a_command_it_is_the_process(config):
    """`replyclock alerts` starts, and wants the token that it posts with."""
    result = run()

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        "REPLYCLOCK_SLACK_BOT_TOKEN is not set: alerts are posted with it"
    )


def test_preview_prints_a_message_a_line(config):
    """All kinds, with what Slack is sent; nothing but JSON on standard output."""
    result = run("preview")

    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (0, "")
    assert [each["kind"] for each in found] == [*NAMES]
    assert [*found[0]] == ["kind", "rules", "receiver", "channel", "text", "blocks"]
    assert found[0]["channel"] == "C0SALES"


def test_preview_of_some_kinds_and_another_file(config, tmp_path):
    """--kind may be given twice; --config wins over the environment."""
    other = tmp_path / "other.yaml"
    other.write_text(CONFIG.replace("C0SALES", "C0OTHER"), encoding="utf-8")
    kinds = ("--kind", "answered", "--kind", "first_reply")

    found = run("preview", "--config", str(other), *kinds).stdout.splitlines()
    assert [json.loads(line)["kind"] for line in found] == ["first_reply", "answered"]
    assert json.loads(found[0])["channel"] == "C0OTHER"


def test_preview_writes_a_page(config, tmp_path):
    """--html writes it and says where; standard output stays empty."""
    page = tmp_path / "alerts.html"
    result = run("preview", "--html", str(page))

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"page: {page}\n"
    text = page.read_text(encoding="utf-8")
    assert "Alerts of sla.yaml" in text
    assert text.count("<article>") == len(NAMES)


def test_preview_into_a_folder_that_is_not_there(config, tmp_path):
    """One line, and exit 2, as for any option that cannot be."""
    result = run("preview", "--html", str(tmp_path / "none" / "alerts.html"))

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "there is no folder" in result.stderr


def test_a_test_is_posted_and_edited_away(sends):
    """It says that it is one, and by whom; it mentions whom an alert would."""
    result = run("test", "sales-slack")

    (message,) = sends.messages("C0SALES")
    (before,) = message["edits"]
    assert shown(before) == [
        "\N{MEDIUM WHITE CIRCLE} Test of ReplyClock: nothing is broken",
        "<!here> This is a test by ana of ReplyClock: nothing is broken.",
    ]
    assert shown(message) == [
        "\N{LARGE GREEN CIRCLE} Test of ReplyClock is over",
        "Test is over: it can be posted and edited. It was by ana; nothing was broken.",
    ]
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "posted to sales-slack, Slack C0SALES",
        "edited: the test is over, and nobody has to do anything",
    ]


def test_a_test_that_is_kept(sends):
    """--keep leaves the message as it was posted."""
    result = run("test", "ops-slack", "--keep")

    (message,) = sends.messages("C0OPS")
    assert message["edits"] == []
    assert shown(message)[1].startswith("This is a test by ana")
    assert result.exit_code == 0
    assert result.stdout == "posted to ops-slack, Slack C0OPS\n"


FAILURES = {
    "rate_limited": ({"http_status": 429, "retry_after": 7}, "ask again in 7 s"),
    "server": ({"http_status": 503}, "status.slack.com"),
    "network": ({"hang_up": True}, "REPLYCLOCK_SLACK_API_URL"),
    "token": ({"error": "invalid_auth"}, "REPLYCLOCK_SLACK_BOT_TOKEN"),
    "channel": ({"error": "not_in_channel"}, "/invite"),
    "message": ({"error": "invalid_blocks"}, "docs.slack.dev"),
}


@pytest.mark.parametrize(
    ("reason", "how", "mend"), [(name, *case) for name, case in FAILURES.items()]
)
def test_a_test_that_slack_refuses(sends, reason, how, mend):
    """One line: why, in the words of the metrics, and what to do; exit 1."""
    sends.fail(count=1, **how)
    result = run("test", "ops-slack")

    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"cannot post to ops-slack, Slack C0OPS: {reason}: ")
    assert mend in line
    assert sends.token not in line


def test_a_test_that_may_have_been_posted(sends):
    """No answer does not mean no message: the line says to look."""
    sends.fail(count=1, hang_up=True, after_accepting=True)
    result = run("test", "ops-slack")

    assert len(sends.messages("C0OPS")) == 1
    assert "it may be there all the same: look" in result.stderr


def test_a_test_that_cannot_be_edited(sends):
    """What was done is said before what was not; exit 1."""
    sends.fail("chat.update", count=1, error="cant_update_message")
    result = run("test", "ops-slack")

    assert result.exit_code == 1
    assert result.stdout == "posted to ops-slack, Slack C0OPS\n"
    assert result.stderr.startswith(
        "cannot edit it in ops-slack, Slack C0OPS: gone: "
        "chat.update: cant_update_message; "
    )


def test_a_channel_that_is_not_there(sends):
    """The config's own mistake: exit 1, and where to look."""
    result = run("test", "lost")

    assert result.exit_code == 1
    assert "channel: chat.postMessage: channel_not_found" in result.stderr
    assert "alerts.receivers" in result.stderr


def test_a_receiver_that_nobody_knows(sends):
    """A mistake of usage: exit 2, and the names that there are."""
    result = run("test", "boss")

    assert (result.exit_code, sends.calls()) == (2, [])
    last = result.stderr.splitlines()[-1]
    assert last.endswith("no receiver 'boss': there are lost, ops-slack, sales-slack")


def test_the_help_of_a_test_and_the_guide_know_its_exit_statuses(config):
    """1 of Slack, 2 of a receiver that is not there, which is said with a near one."""
    guide = (ROOT / "docs" / "ops-guide.md").read_text("utf-8")
    told = " ".join(run("test", "--help").stdout.split())
    mistyped = run("test", "sales-slak")

    assert mistyped.exit_code == 2
    assert mistyped.stderr.endswith("did you mean 'sales-slack'?\n")
    assert "2 for a receiver that the rules do not have" in told
    assert "a receiver that the file does not have is exit status 2" in " ".join(
        guide.split()
    )


def test_a_test_without_a_token(config):
    """The variable is named; exit 1."""
    result = run("test", "ops-slack")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "REPLYCLOCK_SLACK_BOT_TOKEN is not set: the message is posted with it\n"
    )
