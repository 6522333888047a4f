"""When posting may begin, and who may post what."""

from alerts.catch_up import PATIENCE, CatchUp


class Reading:
    """What the engine says; time in milliseconds."""

    def __init__(self) -> None:
        self.applied: dict[int, int] = {}
        self.now = 1000
        self.catch_up = CatchUp(
            self.applied.keys, self.applied.get, now=lambda: self.now
        )

    def may_post(self, partition: int | None, waited: float = 0) -> bool:
        return self.catch_up.may_post(partition, waited)


def test_each_partition_is_read_to_its_old_end_first() -> None:
    """One that is read is not held back by another."""
    reading = Reading()
    reading.applied.update({0: 5, 1: 0})
    reading.catch_up.began({0: 5, 1: 7})
    assert reading.may_post(0)
    assert not reading.may_post(1)
    assert not reading.may_post(None)
    reading.applied[1] = 7
    assert reading.may_post(1)
    assert reading.may_post(None)

    reading.catch_up.began({0: 9, 1: 7})
    assert not reading.may_post(0)


def test_another_process_reads_it() -> None:
    """It may know of an answer, so it posts; after a minute, in doubt, we do."""
    reading = Reading()
    reading.applied.update({0: 5})
    reading.catch_up.began({0: 5})
    reading.now += 10 * PATIENCE
    assert not reading.may_post(1, PATIENCE)
    assert reading.may_post(1, PATIENCE + 1)


def test_who_reads_nothing_posts_nothing() -> None:
    """More processes than partitions: the idle one does not know what was answered."""
    reading = Reading()
    reading.now += 10 * PATIENCE
    assert not reading.may_post(0, 1)
    assert not reading.may_post(None, 1)
    assert reading.may_post(0, PATIENCE + 1)


def test_it_ends_when_it_takes_too_long() -> None:
    """In doubt, send: a backlog that lasts does not hold alerts back for ever."""
    reading = Reading()
    reading.applied[0] = 0
    reading.catch_up.began({0: 10**9})
    reading.now += PATIENCE
    assert not reading.may_post(0)
    reading.now += 1
    assert reading.may_post(0)
