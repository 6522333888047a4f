"""Service level, on paper."""

from stream.figures.catalogue.service_level import SERVICE_LEVEL
from stream.sla.events import Channel
from stream.sla.facts import Measure
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Of 15 minutes: answered after 60 s, at the very deadline, after 901 s, and never.

    n 4, met 2, breached 2, share 2 / 4. A shadow's promise is none; one broken at the
    very end of the week is of the next (made at 23:45), and one that is broken in it
    counts though the answer came after it. Closed without a reply is neither.
    """
    told = Told()
    told.wait("quick", "mon 09:00", 60)
    told.wait("just", "mon 09:00", 900)
    told.wait("late", "sun 23:44", 901)
    told.wait("never", "tue 09:00")
    told.wait("shadow", "mon 09:00", shadow=True)
    told.wait("next", "sun 23:45", 7000)
    told.cancelled("closed", "mon 09:00", "mon 09:05")

    assert figure_of(SERVICE_LEVEL, told, tmp_path) == [
        {"n": 4, "met": 2, "breached": 2, "share": 0.5}
    ]


def test_by_measure_channel_queue_policy_and_hour(tmp_path):
    """A breach is of the hour of its deadline (10:05), not of the wait's (9:50)."""
    told = Told()
    told.wait("a", "mon 09:50", 7200, channel=Channel.MESSENGER)
    told.wait("b", "mon 09:50", 60, measure=Measure.NEXT_REPLY, queue="vip")
    told.wait("c", "mon 09:50", 60, measure=Measure.RESOLUTION, policy="gold")
    by = ("measure", "queue", "channel", "policy", "hour")

    found = figure_of(SERVICE_LEVEL, told, tmp_path, by)

    assert [tuple(row.values()) for row in found] == [
        ("first_reply", "sales", "messenger", "everyone", 10, 1, 0, 1, 0),
        ("next_reply", "vip", "whatsapp", "everyone", 9, 1, 1, 0, 1),
        ("resolution", "sales", "whatsapp", "gold", 9, 1, 1, 0, 1),
    ]
