"""Customers with several names through the real door, in any order, with a kill."""

import json
import random
import subprocess
import sys
import time
import urllib.request
from typing import Any

import pytest

from dev.demo.seen import Seen
from dev.system import System
from stream.channels.signature import sign
from tests.channels.test_one_person import ASKED, STORIES, stands
from tests.channels.test_wire_findings import METADATA, PHONE, USER

pytestmark = pytest.mark.broker

ACCOUNT = "106540352242922"
"""Of the queue to which the demo's rules promise five minutes."""
TIMES = 3
"""Each story, told in another order."""


def of_another(body: dict[str, Any], number: int, ago: int) -> bytes:
    """The same story of another customer, so many seconds ago."""
    text = json.dumps(body).replace(METADATA["phone_number_id"], ACCOUNT)
    for name in (PHONE, "15553334444", "4420000001", "US."):
        text = text.replace(name, f"{name}{number:03}")
    for name in ("in", "out", "sys"):
        text = text.replace(f'"id": "{name}', f'"id": "{number}{name}')
    shift = int(time.time()) - ago - ASKED
    for second in range(91):
        text = text.replace(f'"{ASKED + second}"', f'"{ASKED + second + shift}"')
    return text.encode()


def post(system: System, body: bytes) -> None:
    secret = system.app_secrets["whatsapp"]
    headers = {"X-Hub-Signature-256": sign(secret, body)}
    url = f"{system.url('intake')}/hooks/whatsapp"
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310  ours
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  ours
        assert answer.status == 200


def test_each_story_ends_as_one_conversation(scene):
    """Met after a minute, whichever name came first; the worker dies in the middle."""
    shuffled = random.Random(5)  # noqa: S311  trials, not secrets
    stories = [bodies for bodies in STORIES.values() for _ in range(TIMES)]
    played = scene("intake", "worker")
    system = played.system
    parts = [
        of_another(body, number, 20 * 60)
        for number, bodies in enumerate(stories)
        for body in bodies
    ]
    shuffled.shuffle(parts)
    for number, body in enumerate(parts):
        if number == len(parts) // 2:
            system.kill("worker")
            system.start("worker")
        post(system, body)

    def is_settled(seen: Seen) -> bool:
        return stands(seen.facts) == [("first_reply", "met", 60_000)] * len(stories)

    seen = played.wait_until(is_settled, 90)
    assert stands(seen.facts) == [("first_reply", "met", 60_000)] * len(stories)

    # By either name, as long as they were one before or since.
    for name in (f"+{PHONE}000", USER.replace("US.", "US.000")):
        argv = [sys.executable, "-m", "stream.cli", "explain", name]
        told = subprocess.run(
            argv, env=system.environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr
        assert "in time: met" in told.stdout
