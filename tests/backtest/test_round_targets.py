"""People promise round numbers."""

from collections import Counter

from stream.backtest.page import by_hurt
from stream.backtest.round_targets import round_targets
from stream.backtest.run import Difference
from stream.sla.events import Channel
from stream.sla.facts import Measure
from stream.sla.figures import Figures
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


def test_what_hurts_is_on_top():
    """Of many queues the one with the most broken promises is read first."""
    rows = [(Channel.WHATSAPP, name, Measure.FIRST_REPLY) for name in ("a", "b", "c")]
    now = {
        row: Figures(breached=count) for row, count in zip(rows, (1, 9, 1), strict=True)
    }
    then = {rows[2]: Figures(breached=5)}
    difference = Difference(then, now, (), Counter(), Counter())

    assert [queue for _, queue, _ in by_hurt(difference)] == ["b", "c", "a"]
