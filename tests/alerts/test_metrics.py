"""Metrics are there before anything happens."""

from alerts.backlog import Backlog
from alerts.failure import FailureReason
from alerts.metrics import Metrics


def test_zero_for_every_receiver() -> None:
    """Each configured receiver's counters exist at zero from the start."""
    registry = Metrics(["sales-slack", "ops-slack"]).registry
    for receiver in ("sales-slack", "ops-slack"):
        labels = {"receiver": receiver, "kind": "breached", "result": "posted"}
        assert registry.get_sample_value("replyclock_alerts_total", labels) == 0
        name = "replyclock_alert_delay_seconds_count"
        assert registry.get_sample_value(name, {"receiver": receiver}) == 0
        for reason in FailureReason:
            value = registry.get_sample_value(
                "replyclock_alert_failures_total",
                {"receiver": receiver, "reason": reason},
            )
            assert value == 0
    facts = registry.get_sample_value("replyclock_facts_total", {"kind": "breached"})
    assert facts == 0


def test_backlog_is_shown_in_seconds() -> None:
    """The oldest pending alert's time is in seconds; 0 says that none waits."""
    metrics = Metrics(["r"])
    read = metrics.registry.get_sample_value
    oldest = "replyclock_alerts_oldest_pending_timestamp_seconds"

    metrics.show(Backlog(3, 1_795_426_202_500))
    assert read("replyclock_alerts_pending") == 3
    assert read(oldest) == 1_795_426_202.5

    metrics.show(Backlog(0, None))
    assert read("replyclock_alerts_pending") == 0
    assert read(oldest) == 0


def test_every_queue_says_whether_it_is_muted() -> None:
    """At 0 from the start; of another queue while it is muted; none of a removed."""
    metrics = Metrics(["r"])

    def muted() -> dict[str, float]:
        [family] = [
            f for f in metrics.registry.collect() if f.name == "replyclock_queue_muted"
        ]
        return {sample.labels["queue"]: sample.value for sample in family.samples}

    metrics.presses.take(["sales", "unrouted"])
    assert muted() == {"sales": 0, "unrouted": 0}
    metrics.presses.show_muted({"sales", "desk"})
    assert muted() == {"sales": 1, "unrouted": 0, "desk": 1}
    metrics.presses.take(["support", "unrouted"])
    metrics.presses.show_muted({"desk"})
    assert muted() == {"support": 0, "unrouted": 0, "desk": 1}
    metrics.presses.show_muted(set())
    assert muted() == {"support": 0, "unrouted": 0}


def test_no_list_is_open_at_the_start() -> None:
    """One series for each reason why news becomes a list."""
    read = Metrics(["r"]).registry.get_sample_value
    kinds = ("storm", "downtime", "opening")
    assert [read("replyclock_storms", {"kind": kind}) for kind in kinds] == [0, 0, 0]
