"""README's trial by hand, word for word."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Callable

import pytest

from dev.places import REPOSITORY
from dev.ports import reserve_port
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.stack.trial import write_trial
from tests.alerts.patience import eventually

pytestmark = pytest.mark.broker

PORTS = ("WORKER_PORT", "ALERTS_PORT", "INTAKE_PORT", "INTAKE_METRICS_PORT")
README = (REPOSITORY / "README.md").read_text("utf-8")
[TRIAL] = re.findall(r"^```\n(set -a; .*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_it_ends_with_an_alert_in_the_stand_in_slack(
    start_stack: Callable[..., Stack],
) -> None:
    """Settings as `dev.stack up` writes them; only the ports are free ones."""
    stack = start_stack("kafka", "redis", "slack")
    settings = write_trial(stack)
    ports = {f"REPLYCLOCK_{name}": str(reserve_port()) for name in PORTS}
    intake = f"127.0.0.1:{ports['REPLYCLOCK_INTAKE_PORT']}"
    slack = SlackStandIn(stack.slack_page_url)

    async def is_told() -> bool:
        return bool(await asyncio.to_thread(slack.messages, "C0SALES"))

    typed = TRIAL.replace(".dev/stack/trial.env", str(settings))
    assert "127.0.0.1:8080" in typed
    typed = typed.replace("127.0.0.1:8080", intake)
    log = stack.log_file("trial")
    with log.open("wb") as output:
        shell = subprocess.Popen(
            ["bash", "-ec", f"{typed}\nwait"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | ports,
            cwd=REPOSITORY,
            start_new_session=True,
        )
    try:
        asyncio.run(eventually(is_told, seconds=90))
    except AssertionError:
        pytest.fail(log.read_text("utf-8")[-4000:])
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.wait(30)

    [first, *_] = slack.messages("C0SALES")
    assert first["blocks"][0]["text"]["text"] == "🔴 sales: no first reply within 5 min"
