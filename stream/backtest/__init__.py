"""The same events under two configs: what would be met, broken, told.

In: events, the config of now and another. Out: differences, as a table or a page.
May import: config, replay, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, a clock.
"""
