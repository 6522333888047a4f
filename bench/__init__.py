"""Benchmarks: the whole worker on real Kafka, beside stock Faust with our rules.

    python -m bench            three pairs of runs a workload, some minutes
    python -m bench --quick    one small pair: does it still run, are the facts right

Both sides read the same events from the same broker, are frozen while the backlog
is written, and are measured from their first event until all is committed.
"""
