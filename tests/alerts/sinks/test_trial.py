"""`replyclock alerts test` of receivers that are not Slack, as people type it."""

import asyncio
import json

import pytest
from click.testing import CliRunner, Result

from stream.cli import main
from tests.alerts.sinks.conftest import Hook

CONFIG = """\
version: 1
policies: [{name: all, targets: {first_reply: 5m}}]
alerts:
  routes: [{to: desk}]
  receivers:
    desk: {webhook: {url_from: DESK}}
    mail: {apprise: {url_from: MAIL}}
    duty: {alertmanager: {url_from: OPS}}
"""


@pytest.fixture
def _env(tmp_path, monkeypatch, hook: Hook, _hooked: None) -> None:
    file = tmp_path / "sla.yaml"
    file.write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("REPLYCLOCK_CONFIG", str(file))
    monkeypatch.setenv("REPLYCLOCK_SINK_OPS", hook.url)
    monkeypatch.setenv("REPLYCLOCK_SINK_MAIL", hook.url.replace("http", "json"))
    monkeypatch.delenv("REPLYCLOCK_SLACK_BOT_TOKEN", raising=False)


async def run(*words: str) -> Result:
    # In a thread: the server that it asks is in this one.
    return await asyncio.to_thread(CliRunner().invoke, main, ["alerts", "test", *words])


@pytest.mark.usefixtures("_env")
async def test_a_webhook_is_tried(hook: Hook) -> None:
    """Two texts, that it begins and that it is over; no token of Slack is needed."""
    result = await run("desk")

    assert result.stdout.splitlines() == [
        "posted to desk, webhook DESK",
        "edited: the test is over, and nobody has to do anything",
    ]
    texts = [data["text"] for data in hook.said]
    assert texts[0].startswith("This is a test by ")
    assert texts[1] == "The test is over."


@pytest.mark.usefixtures("_env")
async def test_apprise_and_alertmanager_are_tried(hook: Hook) -> None:
    """Apprise gets one message; Alertmanager an alert that ends."""
    assert (await run("mail")).exit_code == 0
    assert (await run("duty")).exit_code == 0

    mail, *alerts = [json.loads(body) for body in hook.bodies]
    assert mail["message"].startswith("This is a test by ")
    (begun,), (over,) = alerts
    assert begun["labels"] == over["labels"]
    assert begun["labels"]["alertname"] == "ReplyClockTest"
    assert begun["endsAt"] > over["endsAt"]


@pytest.mark.usefixtures("_env")
@pytest.mark.parametrize(
    ("status", "said"),
    [
        (302, "set the address that it leads to, if it is yours"),
        (401, "see REPLYCLOCK_SINK_... of its receiver in docs/sinks.md"),
        (500, "(it may be there all the same: look); see its own log"),
    ],
)
async def test_one_that_refuses(hook: Hook, status: int, said: str) -> None:
    """One line, with what to do and no address; exit 1."""
    hook.status = status
    result = await run("desk")

    assert result.exit_code == 1
    assert result.stderr.startswith("cannot post to desk, webhook DESK: ")
    assert result.stderr.endswith(f"{said}\n")
    assert "hush" not in result.output
