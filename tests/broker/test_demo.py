"""The whole path, webhook to Slack and wall, as `make demo` runs it."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from alerts.alert import alert_key
from dev.demo.__main__ import EPISODE
from dev.demo.judgement import Line, judge, timeliness
from dev.demo.seen import Seen
from dev.demo.traffic import write_traffic
from dev.places import CONFIG, REPOSITORY
from stream.config import load_config
from stream.simulator.play import Truth
from tests.alerts.cycles import Cycle

pytestmark = pytest.mark.broker


def start_demo(folder, **options) -> subprocess.Popen[str]:
    """A short and light demo, in a folder of its own."""
    asked = ["--seconds", "30", "--rate", "40", "--folder", str(folder)]
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "dev.demo", *asked],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def born_in_the_background() -> None:
    """As a shell starts a job with `&`: SIGINT is ignored from the start."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_a_demo_in_the_background_ends_on_sigint(tmp_path):
    """It cleans up, and nothing is left behind."""
    demo = start_demo(tmp_path / "demo", preexec_fn=born_in_the_background)
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith("playing"):
            break
    demo.send_signal(signal.SIGINT)
    output, _ = demo.communicate(timeout=60)

    assert demo.returncode == 0, output
    assert "stopped; nothing is left behind" in output


def test_what_the_traffic_knows_comes_out(tmp_path):
    """Webhooks, Kafka, Faust, Redis, Slack and Prometheus agree with the truth."""
    demo = start_demo(tmp_path / "demo")
    output, _ = demo.communicate(timeout=150)

    assert demo.returncode == 0, output
    assert "WRONG" not in output
    assert re.search(r"ok +alerts posted in Slack +(\d+) +\1\n", output), output
    for once in ("storms told", "taken", "snoozed", "digests told"):
        assert re.search(rf"ok +{once} in Slack +1 +1\n", output), output
    assert re.search(r"ok +wall: queries without an answer +0 +0", output), output


def test_a_promise_that_is_not_kept_exits_1(tmp_path):
    """Without the alerts process the same demo says what is wrong, and exits 1."""
    demo = start_demo(tmp_path / "demo")
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith("playing"):
            break
    os.kill(pid_of(demo.pid, "alerts"), signal.SIGKILL)
    output, _ = demo.communicate(timeout=150)

    assert demo.returncode == 1, output
    assert re.search(r"WRONG +alerts posted in Slack", output), output


def pid_of(parent: int, name: str) -> int:
    """The `replyclock` process called `name` under the demo."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found = subprocess.run(
            ["pgrep", "-P", str(parent), "-f", f"stream.cli {name}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if found.stdout.strip():
            return int(found.stdout.split()[0])
    raise AssertionError(f"no process {name}")


@pytest.mark.parametrize(
    "number",
    [
        *("webhooks", "events", "sessions", "met", "breached", "retracted"),
        *("answered_late", "warned", "kept_after_warning", "escalated"),
    ],
)
def test_every_number_is_judged(number):
    """One off in any number that the traffic knows, and some line is WRONG."""
    empty = Seen([], [], [])
    counters = dict.fromkeys(("events", "sessions", "met", "breached", "posted"), 0.0)
    untrue = Truth(**{number: 1})

    lines = judge(untrue, empty, 0, counters)

    assert all(line.holds for line in judge(Truth(), empty, 0, counters))
    assert not all(line.holds for line in lines)


def test_a_limit_holds_below_and_not_at_it():
    """`< 3 s` means that 3 s is too long."""
    assert Line("delay", 3, 2.99, limit=True).holds
    assert not Line("delay", 3, 3, limit=True).holds


def test_the_first_webhook_of_an_episode_is_not_late():
    """It takes seconds to write a long one, what was due meanwhile would be a burst."""
    play = write_traffic(load_config(CONFIG).rules(), 200, 1, EPISODE)
    assert play.deliveries[0].at / 1000 > time.time()


def test_a_machine_that_was_too_busy_is_said():
    """Beside what is WRONG, when webhooks left later than the truth bears."""
    assert "too busy" in timeliness(5.1, ok=False)
    assert timeliness(0.9, ok=False) == "the slowest webhook left 0.90 s after its time"
    assert "too busy" not in timeliness(5.1, ok=True)


def message(key, at, *colours):
    """As the stand-in Slack has one; it was first seen at `at`."""
    versions = [{"text": f"{colour} said"} for colour in colours]
    payload = {"event_payload": {"key": key}}
    return versions[-1] | {
        "edits": versions[:-1],
        "metadata": payload,
        "posted_at": at,
        "channel": "C0SUPPORT",
        "blocks": [],
    }


def test_each_message_is_late_by_its_own_cause():
    """A warning's point, a deadline, a step: whatever stands behind the alert's key."""
    warned, plain = Cycle("a"), Cycle("b")
    facts = [warned.warned(), warned.breached(), warned.escalated(), plain.breached()]
    facts.append(plain.warned())  # which no route tells
    one, other = alert_key(warned.breached()), alert_key(plain.breached())
    messages = [
        message(one, facts[0].at + 1000, "🟠", "🔴", "🟡"),
        message(f"{one}/broken", facts[1].at + 2000, "🔴"),
        message(f"{one}/to:team-lead", facts[2].at + 3000, "🔴"),
        message(other, facts[3].at + 4000, "🔴"),
        message("digest:2026-11-27:team-lead", 0, "🔵"),
    ]
    seen = Seen([], facts, messages)

    assert sorted(seen.alert_delays()) == [1, 2, 3, 4]
    assert len(seen.alerts) == 2
    assert (len(seen.warnings), seen.turned_red) == (1, 1)
    assert (len(seen.escalations), len(seen.digests)) == (1, 1)
