"""What changes between two runs, in the order in which it is read."""

from stream.backtest.difference import Sides
from stream.sla.events import Channel
from stream.sla.facts import Measure
from stream.sla.figures import Figures, Row


def row(name):
    return Row(Channel.WHATSAPP, name, Measure.FIRST_REPLY)


def test_what_changes_is_on_top_and_then_what_hurts():
    """A row that stays is below, however many promises it breaks."""
    sides = Sides(
        {
            row("stays"): Figures(breached=99, met=1),
            row("better"): Figures(breached=5),
            row("gone"): Figures(met=1),
        },
        {
            row("stays"): Figures(breached=99, met=1),
            row("worse"): Figures(breached=9),
            row("better"): Figures(breached=1),
            row("calm"): Figures(running=1),
        },
    )

    assert [each.queue for each in sides.rows] == [
        *("worse", "better", "gone"),
        *("stays", "calm"),
    ]


def test_the_total_is_of_all_rows():
    """Each side's own."""
    sides = Sides(
        {row("a"): Figures(met=1, breached=2), row("b"): Figures(met=3)},
        {row("b"): Figures(met=2, over=1, taken_back=4)},
    )

    assert sides.total == (
        Figures(met=4, breached=2),
        Figures(met=2, over=1, taken_back=4),
    )
