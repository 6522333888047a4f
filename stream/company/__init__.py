"""A company that is played: who writes when, who is at work, what comes of it.

In: a profile (YAML), the rules file for queues and opening hours, a seed, a span.
Out: events in the order of arrival, the same for the same seed.
May import: config, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, a clock.
"""
