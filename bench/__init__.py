"""Benchmarks: the whole worker on real Kafka, beside peers with our rules.

    python -m bench            three runs of each side a workload, some minutes
    python -m bench --quick    one small run of each: are the facts still right

All sides read the same events from the same broker, are frozen while the backlog
is written, and are measured from their first event until all is committed.
"""
