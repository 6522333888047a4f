"""Anybody's history as events: what a team can look at before it connects anything.

In: files, as a helpdesk or a person exported them. Out: events in order of time, what
gives none and why, and what the files do not say.
May import: channels, config, records, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, the system, a
clock.
"""
