"""The heap of due instants against a dictionary that is sorted each time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stream.sla.deadlines import Deadlines

keys = st.sampled_from([b"a", b"b", b"c", b"d"])
# Across the buckets' borders, and many in one.
dues = st.integers(0, 20) | st.sampled_from([59_999, 60_000, 60_001, 179_999, 180_000])
steps = st.one_of(
    st.tuples(st.just("put"), keys, st.none() | dues),
    st.tuples(st.just("take"), dues, st.integers(0, 3)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=60))
def test_the_heap_is_a_sorted_dictionary(history):
    """Whatever is put and taken, the earliest of what holds comes first."""
    heap, model = Deadlines(), {}
    for what, *arguments in history:
        if what == "put":
            key, due = arguments
            heap.put(key, due)
            model.pop(key, None)
            if due is not None:
                model[key] = due
        else:
            until, limit = arguments
            wanted = sorted((due, key) for key, due in model.items() if due <= until)
            assert heap.take(until, limit) == wanted[:limit]
            for _, key in wanted[:limit]:
                del model[key]
        assert heap.next() == min(model.values(), default=None)
        assert len(heap) == len(model)


def test_what_no_longer_holds_is_swept():
    """A key that moves all day leaves no heap of dead entries behind."""
    heap = Deadlines()
    heap.put(b"still", 5)
    for due in range(10_000, 0, -1):
        heap.put(b"moving", due)

    assert heap._entries < 200
    assert heap.take(10_000, 10) == [(1, b"moving"), (5, b"still")]
