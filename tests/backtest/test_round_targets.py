"""People promise round numbers."""

from stream.backtest.round_targets import round_targets
from stream.sla.instants import HOUR, MINUTE


def test_a_range_is_tried_at_round_numbers():
    """`--sweep first_reply=15m..120m` tries no 24m32s."""
    minutes = [target // MINUTE for target in round_targets(15 * MINUTE, 2 * HOUR)]

    assert minutes == [15, 20, 30, 45, 60, 90, 120]


def test_the_ends_are_as_they_were_asked_for():
    """However odd."""
    assert round_targets(7 * MINUTE, 11 * MINUTE) == [
        7 * MINUTE,
        10 * MINUTE,
        11 * MINUTE,
    ]
