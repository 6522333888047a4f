"""Figures: facts, kept for longer than Kafka keeps them.

In: facts. Out: Parquet files by day, tables of them, and figures of a period.
May import: config, records, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, a clock.
"""
