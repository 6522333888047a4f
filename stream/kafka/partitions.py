"""Where a key is: Kafka's own partitioner, which every producer uses (contract 2)."""

from aiokafka.partitioner import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """As Java's clients have it: murmur2, without the sign."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
