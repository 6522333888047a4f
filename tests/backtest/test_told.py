"""What a backtest says, word for word, on a terminal and on its page."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from stream.backtest.difference import compare
from stream.backtest.legend import events
from stream.backtest.page import page
from stream.backtest.run import run_events
from stream.backtest.sweep import part_named, sweep
from stream.backtest.table import chart, hours, tables
from stream.config import parse_config
from stream.records import encode_event
from stream.sla.facts import Measure
from stream.sla.instants import MINUTE, from_ms
from tests.timelines import CONFIG, at, customer, reply

THEN = parse_config(CONFIG, "sla.yaml")
TRIED = """policies:
  - {name: half-hour, shadow: true, targets: {first_reply: 30m}}
"""
NOW = parse_config(CONFIG.replace("policies:\n", TRIED).replace("2m", "5m"), "new.yaml")


def of(conversation, event, arrived):
    name = f"{conversation}-{event.event_id}"
    return replace(
        event,
        conversation_id=conversation,
        event_id=name,
        message_id=name,
        received_at=from_ms(at(arrived)),
    )


LINES = [
    encode_event(event)
    for event in (
        of("vip", customer(0, tier="vip"), 0),
        of("late news", customer(0), 0),
        of("waits", customer(0), 0),
        of("vip", reply(4, by="ana"), 4),
        of("late news", reply(4, by="ana"), 15),
        of("over", reply(40, by="ana"), 40),
        of("over", customer(20), 41),
    )
]


def golden(name):
    return Path(__file__).with_name(f"{name}.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def difference():
    return compare(run_events(THEN, LINES), run_events(NOW, LINES), "UTC")


@pytest.fixture(scope="module")
def swept():
    cycles = run_events(NOW, LINES).cycles.items()
    targets = [2 * MINUTE, 5 * MINUTE, 30 * MINUTE]
    return sweep(cycles, Measure.FIRST_REPLY, part_named("sales", NOW), targets)


def test_on_a_terminal(difference, swept):
    """What changes first; VIPs, shadows, and why alerts are not breaches."""
    parts = (events(difference, "UTC"), tables(difference), hours(difference))

    assert "\n\n".join((*parts, chart(swept))) + "\n" == golden("terminal")


def test_on_the_page(difference, swept):
    """The same, with the sweep, and bars."""
    text = Text()
    text.feed(page(difference, [swept], "sla.yaml", "new <1>.yaml", "UTC"))

    assert "\n".join(text.lines) + "\n" == golden("page")


def test_the_page_of_a_sweep_alone(difference, swept):
    """Nothing is compared, so nothing is said of another file."""
    text = Text()
    text.feed(page(difference, [swept], "sla.yaml", None, "UTC"))

    assert text.lines[1] == "sla.yaml"
    assert text.lines[3] == "first_reply of queue sales, by target"
    assert len(text.lines) == 8


class Text(HTMLParser):
    """What is read on a page: a line a row, heading or paragraph."""

    def __init__(self):
        super().__init__()
        self.lines, self.line, self.hidden = [], [], False

    def handle_starttag(self, tag, _):
        self.hidden = tag in {"style", "svg"} or self.hidden

    def handle_endtag(self, tag):
        if tag in {"style", "svg"}:
            self.hidden = False
        if tag in {"title", "h1", "h2", "p", "tr", "dd"} and not self.hidden:
            self.lines.append(" | ".join(self.line))
            self.line = []

    def handle_data(self, data):
        if data.strip() and not self.hidden:
            self.line.append(" ".join(data.split()))
