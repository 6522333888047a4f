"""Rule 3.6 on a real worker: heard, silent, and still known after a restart."""

import asyncio
import time
from urllib.request import urlopen

import pytest
from msgspec.structs import replace

from dev.system import System
from stream.simulator.loading import load_events
from stream.sla.events import Event
from stream.sla.instants import HOUR, from_ms
from tests.timelines import customer

pytestmark = pytest.mark.broker

SOLD = 'account="106540352242922",channel="whatsapp"'
SOURCE = f'replyclock_source_silent{{{SOLD},queue="sales"}}'
UNHEARD = (
    'replyclock_source_silent{account="1234567890",channel="messenger",queue="support"}'
)


def said(key: str, ago: int) -> Event:
    """By a customer of sales, so many milliseconds ago."""
    happened = from_ms(time.time_ns() // 1_000_000 - ago)
    event = customer(0, key)
    return replace(event, event_id=key, account="106540352242922", occurred_at=happened)


def wait_for(system: System, *lines: str) -> None:
    until = time.monotonic() + 20
    while True:
        with urlopen(f"{system.url('worker')}/metrics", timeout=5) as answer:  # noqa: S310  ours
            page = answer.read().decode()
        missing = [line for line in lines if f"\n{line}" not in page]
        if not missing:
            return
        assert time.monotonic() < until, missing
        time.sleep(0.05)


def test_a_silent_source_is_told_and_stays_so_after_a_restart(scene):
    """One event is enough to be heard; what was heard is in the table."""
    system = scene("worker").system
    wait_for(system, f"{SOURCE} 0.0", f"{UNHEARD} 0.0")

    def load(event: Event) -> None:
        loading = load_events(system.stack.broker, "conversations.events", [event])
        assert asyncio.run(loading) == 1

    load(said("c1", 2 * HOUR))
    last = f"replyclock_last_event_timestamp_seconds{{{SOLD}}}"
    wait_for(system, f"{SOURCE} 1.0", last, f"{UNHEARD} 0.0")

    assert system.terminate("worker") == 0
    system.start("worker")
    system.wait_ready("worker")
    wait_for(system, f"{SOURCE} 1.0", last, f"{UNHEARD} 0.0")

    load(said("c2", 0))
    wait_for(system, f"{SOURCE} 0.0")
