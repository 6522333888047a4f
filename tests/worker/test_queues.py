"""What is exported of each queue beside its figures."""

from prometheus_client import CollectorRegistry

from stream.config import parse_config
from stream.sla.instants import HOUR, parse_rfc3339
from stream.worker.queues import Queues

CONFIG = """
version: 1
calendars: {office: {week: {mon-fri: ["09:00-17:00"]}}}
queues:
  sales: {accounts: ["whatsapp:1"], calendar: office, team: emea}
  support: {objective: 95%}
policies:
  - {name: vip, match: {tier: vip}, objective: 99%, targets: {first_reply: 2m}}
  - {name: all, targets: {first_reply: 10m}}
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C1}}}}
"""
MONDAY = parse_rfc3339("2026-11-23T00:00:00Z")


class Scraped:
    """The gauges at an instant that a test sets."""

    def __init__(self) -> None:
        self.now = MONDAY
        self.queues = Queues(parse_config(CONFIG, "test.yaml"), lambda: self.now)
        self.registry = CollectorRegistry()
        self.registry.register(self.queues)

    def series(self, name: str) -> dict[tuple[str, ...], float]:
        [family] = [
            family
            for family in self.registry.collect()
            if family.name == f"replyclock_{name}"
        ]
        return {tuple(s.labels.values()): s.value for s in family.samples}


def test_every_queue_of_the_file_has_its_team_and_objective():
    """And `unrouted`, so that a join with its figures loses nobody."""
    scraped = Scraped()

    assert scraped.series("queue_info") == {
        ("sales", "emea"): 1,
        ("support", ""): 1,
        ("unrouted", ""): 1,
    }
    assert scraped.series("queue_objective_ratio") == {
        ("sales",): 0.99,
        ("support",): 0.95,
        ("unrouted",): 0.99,
    }
    assert scraped.series("objective_ratio") == {("vip",): 0.99, ("all",): 0.9}


def test_a_queue_is_open_by_its_calendar():
    """From the opening on, until the close; without a calendar always."""
    scraped = Scraped()
    found = []
    for hour in (8.999, 9, 16.999, 17, 5 * 24 + 12):
        scraped.now = MONDAY + round(hour * HOUR)
        found.append(scraped.series("queue_open")["sales",])
        assert scraped.series("queue_open")["support",] == 1

    assert found == [0, 1, 1, 0, 0]


def test_a_queue_that_left_the_file_leaves_nothing():
    """Nor does its team of before, nor a policy."""
    scraped = Scraped()
    text = CONFIG.replace("support:", "care:").replace("emea", "apac")
    scraped.queues.take(parse_config(text.replace("name: vip", "name: gold"), "new"))

    assert [*scraped.series("queue_info")] == [
        ("sales", "apac"),
        ("care", ""),
        ("unrouted", ""),
    ]
    assert [*scraped.series("queue_open")] == [("sales",), ("care",), ("unrouted",)]
    assert [*scraped.series("objective_ratio")] == [("gold",), ("all",)]
