"""The figures of a period beside the one before, to be read and printed.

In: tables of facts, a span of time. Out: a page, and its tables as CSV and JSON.
May import: figures, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, a clock.
"""
