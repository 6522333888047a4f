"""Wall time: a jump ahead concludes nothing (finding A11)."""

from stream.sla.instants import HOUR, SECOND
from stream.worker.wall import CONFIRMED, JUMP, Wall


class Clocks:
    """The machine's clock, and the time since boot."""

    def __init__(self):
        self.now, self.up = 1_700_000_000_000, 0
        self.wall = Wall(lambda: self.now, lambda: self.up)

    def goes_on(self, ms, step=0):
        """So long passes; the clock is set ahead by `step` beside."""
        self.up += ms
        self.now += ms + step
        return self.wall()


def test_a_clock_that_runs_is_believed():
    """Slewed by NTP, too: what adds up is no jump."""
    clocks = Clocks()
    for _ in range(100):
        assert clocks.goes_on(SECOND, JUMP // 10) == clocks.now


def test_a_jump_ahead_is_not_believed_and_passes():
    """An hour ahead for a second: nobody was late."""
    clocks, start = Clocks(), 1_700_000_000_000
    assert clocks.goes_on(SECOND, 25 * HOUR) == start + SECOND
    assert clocks.goes_on(SECOND, -25 * HOUR) == start + 2 * SECOND == clocks.now


def test_a_jump_that_lasts_is_believed():
    """The clock was behind, and was set right: a minute later."""
    clocks, start = Clocks(), 1_700_000_000_000
    assert clocks.goes_on(SECOND, HOUR) == start + SECOND
    assert clocks.goes_on(CONFIRMED - 1) == start + SECOND + CONFIRMED - 1
    assert clocks.goes_on(1) == clocks.now


def test_each_jump_lasts_its_own_minute():
    """A clock that has just come right, and is then set ahead, was not long ahead."""
    clocks, start = Clocks(), 1_700_000_000_000
    clocks.goes_on(SECOND, -20 * SECOND)
    clocks.goes_on(SECOND, 20 * SECOND)
    clocks.goes_on(CONFIRMED - SECOND, 25 * HOUR)
    assert clocks.goes_on(2 * SECOND) < start + 2 * CONFIRMED


def test_a_clock_that_is_set_back_is_believed():
    """Nothing is due earlier than it was."""
    clocks = Clocks()
    assert clocks.goes_on(SECOND, -HOUR) == clocks.now


def test_a_machine_that_slept_is_no_jump():
    """The time since boot went on as well."""
    clocks = Clocks()
    assert clocks.goes_on(8 * HOUR) == clocks.now
