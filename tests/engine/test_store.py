"""The store knows the partitions that are ours, and nothing else."""

from stream.engine import PartitionStore


def test_set_and_get():
    """A key is found in its own partition only."""
    store = PartitionStore()
    store.apply(0, [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")])
    assert store.get(0, b"a") == b"3"
    assert store.get(1, b"a") is None
    assert store.partition(0) == {b"a": b"3", b"b": b"2"}


def test_none_deletes():
    """A value of None removes the key, and is harmless when there is none."""
    store = PartitionStore()
    store.apply(0, [(b"a", b"1"), (b"a", None), (b"b", None)])
    assert store.partition(0) == {}
    assert len(store) == 0


def test_key_comes_back_after_a_deletion():
    """The last of several values of a key holds, deletions among them."""
    store = PartitionStore()
    store.apply(0, [(b"a", b"1"), (b"a", None), (b"a", b"2")])
    assert store.get(0, b"a") == b"2"


def test_dropped_partitions_leave_nothing():
    """A partition that leaves takes its keys along; the others stay."""
    store = PartitionStore()
    store.apply(0, [(b"a", b"1")])
    store.apply(1, [(b"b", b"2")])
    store.drop([0, 7])
    assert store.partitions() == {1}
    assert store.get(0, b"a") is None
    assert len(store) == 1


def test_reading_makes_no_partition():
    """Asking for a partition that is not here does not create it."""
    store = PartitionStore()
    assert store.get(3, b"a") is None
    assert store.partition(3) == {}
    assert store.partitions() == frozenset()
