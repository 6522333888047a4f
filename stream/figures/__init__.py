"""Figures: facts, kept for longer than Kafka keeps them.

In: facts. Out: Parquet files by day.
May import: records, sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, a clock.
"""
