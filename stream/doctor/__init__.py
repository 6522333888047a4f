"""Looks at everything a process needs, and prints the command that mends it.

In: settings. Out: findings; what is asked (`kafka.py`) is apart from its judgement.
May import: engine, kafka, process, records, sla.
Must never know: Faust, Redis, HTTP, Slack, Prometheus.
"""
