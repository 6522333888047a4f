"""The rules over a file of events: no Kafka, the same facts and bytes every time.

In: events in order of arrival, a config. Out: facts in order of conclusion.
May import: config, records, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, the system, a
clock.
"""
