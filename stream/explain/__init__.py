"""The story of a conversation: why its promise broke, and who was told.

In: the facts of one conversation, notices from whoever sent them. Out: sentences.
May import: config, process, records, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, the system, a
clock.
"""
