"""Delays counted a batch at a time are what prometheus_client counts one by one."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from stream.worker.delays import Delays

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 300)


@given(st.lists(st.lists(st.integers(-9, 400_000) | st.sampled_from([50, 2500]))))
def test_batches_count_like_single_observations(batches):
    """Same buckets, count and sum, bounds included, in the text Prometheus reads."""
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    delays = Delays("d_seconds", "Text.", BOUNDS, ours)
    one_by_one = Histogram("d_seconds", "Text.", buckets=BOUNDS, registry=theirs)
    for batch in batches:
        delays.observe([delay / 1000 for delay in batch])
        for delay in batch:
            one_by_one.observe(max(0, delay) / 1000)

    assert lines(ours) == lines(theirs)


def lines(registry: CollectorRegistry) -> list[str]:
    """Without the sum's last digits, in which floats differ by order."""
    text = generate_latest(registry).decode()
    found = [line for line in text.splitlines() if "_created" not in line]
    return [
        f"{name} {round(float(value), 3)}" if name.endswith("_sum") else line
        for line in found
        for name, _, value in [line.rpartition(" ")]
    ]
