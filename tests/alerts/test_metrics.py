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
