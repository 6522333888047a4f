"""PromQL of the monitor's own workings: what comes in, what goes out, who is up.

Counters are shown for an hour each, so that a single dead letter is seen. What is
counted by receiver is recorded: of many receivers a month would cost seconds.
"""

from typing import Final

_EVENTS: Final = 'topic=~".*conversations[.]events"'
_FACTS: Final = 'topic=~".*sla[.]facts"'

LAG: Final = "sum by (topic) (replyclock_lag_records)"
PENDING: Final = "max(replyclock_alerts_pending)"
"""The same from every alerts process."""
_PENDING_SINCE: Final = "max(replyclock_alerts_oldest_pending_timestamp_seconds)"
PENDING_FOR: Final = f"(time() - ({_PENDING_SINCE} > 0)) or {_PENDING_SINCE}"
"""Seconds; 0 when none waits."""
WEBHOOKS: Final = (
    "60 * sum by (source, code) (rate(replyclock_webhooks_total[$__rate_interval]))"
)
SPOOL: Final = "replyclock_spool_bytes / (replyclock_spool_max_bytes > 0)"
PRESSES: Final = "sum by (kind) (increase(replyclock_presses_total[1h]))"
SUPPRESSED: Final = "sum_over_time(reason:replyclock_alerts_suppressed:increase5m[1h])"
FAILED: Final = "sum_over_time(reason:replyclock_alert_failures:increase5m[1h])"
SILENT: Final = (
    'min by (source, queue) (label_join(replyclock_source_silent, "source", ":",'
    ' "channel", "account"))'
)
"""Silent is who is silent for every worker (semantics 3.6)."""
LAST_EVENT: Final = (
    "1000 * max by (source) (label_join(replyclock_last_event_timestamp_seconds,"
    ' "source", ":", "channel", "account"))'
)
"""Milliseconds, as Grafana's dates want them."""
REFUSED: Final = "1 - max by (instance) (replyclock_config_last_reload_successful)"
TAKEN: Final = (
    "1000 * max by (instance) (replyclock_config_last_reload_success_timestamp_seconds)"
)
VERSION: Final = "max by (instance, hash) (replyclock_config_info)"


def processes() -> dict[str, str]:
    """How many of each kind answer; 0 also where none was ever there."""
    return {
        job: f'sum(up{{job="{job}"}}) or vector(0)'
        for job in ("intake", "worker", "alerts")
    }


def coverage() -> dict[str, str]:
    """Share of the partitions that a process owns and has restored."""
    return {
        name: f"sum(replyclock_partitions_assigned{{{topic}}})"
        f" / max(replyclock_partitions{{{topic}}})"
        for name, topic in (("events", _EVENTS), ("facts", _FACTS))
    }


def kept_back() -> dict[str, str]:
    """Muted queues and open lists; the same from every alerts process."""
    return {
        "queues muted": "sum(max by (queue) (replyclock_queue_muted))",
        "lists": "sum(max by (kind) (replyclock_storms))",
    }


def event_delays() -> dict[str, str]:
    return _quantiles("rate(replyclock_event_delay_seconds_bucket[$__rate_interval])")


def detection_delays() -> dict[str, str]:
    recorded = "le:replyclock_detection_delay_seconds:increase5m"
    return _quantiles(f"sum_over_time({recorded}[$__rate_interval])")


def alert_delays() -> dict[str, str]:
    recorded = "le:replyclock_alert_delay_seconds:increase5m"
    return _quantiles(f"sum_over_time({recorded}[$__rate_interval])")


def _quantiles(counts: str) -> dict[str, str]:
    """The median and the slowest of a hundred, in seconds."""
    buckets = f"sum by (le) ({counts})"
    return {
        name: f"histogram_quantile({quantile}, {buckets}) >= 0"
        for name, quantile in (("p50", 0.5), ("p99", 0.99))
    }


def unusable() -> dict[str, str]:
    rejected = "replyclock_events_rejected_total"
    return {
        "{{reason}}": f"sum by (reason) (increase({rejected}[1h]))",
        "no fact": "sum(increase(replyclock_facts_rejected_total[1h]))",
        "part of a webhook": "sum(increase("
        'replyclock_webhook_parts_ignored_total{reason="malformed"}[1h]))',
    }


def odd() -> dict[str, str]:
    return {
        name: f"sum(increase({counter}[1h]))"
        for name, counter in (
            ("late", "replyclock_events_late_total"),
            ("clock ahead", "replyclock_events_clamped_total"),
            ("twice", "replyclock_events_duplicate_total"),
        )
    }


def failures() -> dict[str, str]:
    fell_back = "sum(increase(replyclock_alert_fallbacks_total[1h]))"
    return {"{{reason}}": FAILED, "fallback told": fell_back}
