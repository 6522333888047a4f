"""The wire of each source, pure: what a webhook means.

In: a body's bytes. Out: events, and why a part of the body gives none.
May import: sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, the system, a
clock.
"""
