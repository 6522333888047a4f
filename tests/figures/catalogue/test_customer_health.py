"""Customer health, on paper."""

from stream.config.figures import Health, Signs
from stream.figures.catalogue.customer_health import CUSTOMER_HEALTH
from stream.figures.thresholds import Thresholds
from stream.sla.events import Scale
from stream.sla.facts import Measure, Reason
from tests.figures.told import Told, figure_of

LIMITS = Thresholds(
    health=Health(
        over="7d",
        red=Signs(csat=2, breaches=2, reopened=2),
        amber=Signs(csat=3, ces=3, emotion=0, breaches=1, reopened=1),
    )
)


COLOURS = ("red", "amber", "green", "unknown")


def of(told, folder, by=(), limits=LIMITS):
    return figure_of(CUSTOMER_HEALTH, told, folder, by, thresholds=limits)


def counts(row):
    return row["n"], *(row[colour] for colour in COLOURS)


def colour_of(told, folder):
    (row,) = of(told, folder)
    (colour,) = [name for name in COLOURS if row[name]]
    assert row["n"] == 1
    return colour


def test_on_paper(tmp_path):
    """A red one, two amber, a green one, one unknown: n 5.

    red: answered 5, then 2: the latest counts. amber: the mean emotion is 0, of 0.1,
    0.2 and -0.3; one promise of two broken. green: kept, and ended. unknown: a session
    is open, and nothing else is known. Who was last heard of the week before (old), or
    is after the week (later), is not in it.
    """
    told = Told()
    told.survey("red", "mon 09:00", Scale.CSAT, 5)
    told.survey("red", "tue 09:00", Scale.CSAT, 2)
    for score in (0.1, 0.2, -0.3):
        told.survey("amber", "tue 09:00", Scale.EMOTION, score)
    told.wait("late", "mon 09:00", 60)
    told.wait("late", "mon 10:00", 1200, measure=Measure.NEXT_REPLY)
    told.wait("green", "mon 09:00", 60)
    told.session("green", "mon 09:00", "mon 10:00")
    told.session("unknown", "mon 09:00")
    told.survey("old", "-1 sun 23:59:59", Scale.CSAT, 1)
    told.survey("later", "+1 mon 00:00", Scale.CSAT, 1)

    (row,) = of(told, tmp_path)

    assert counts(row) == (5, 1, 2, 1, 1)
    assert [row[f"{colour}_share"] for colour in COLOURS] == [0.2, 0.4, 0.2, 0.2]


def test_at_the_limit(tmp_path):
    """A limit is reached at it (red 2, amber 3), not only beyond it."""
    told = Told()
    for score in (2, 2.5, 3, 3.5):
        told.survey(f"c{score}", "mon 00:00", Scale.CSAT, score, queue=f"at {score}")

    assert [
        next(colour for colour in ("red", "amber", "green") if row[colour])
        for row in of(told, tmp_path, ("queue",))
    ] == ["red", "amber", "amber", "green"]


def test_one_customer_in_two_conversations(tmp_path):
    """Their broken promises add up to two, which is red; a shadow's do not count."""
    told = Told()
    for key in ("whatsapp", "messenger"):
        told.session(key, "mon 09:00", "tue 10:00", customer="cleo")
        told.wait(key, "mon 09:00")
        told.wait(key, "mon 09:00", shadow=True)

    assert colour_of(told, tmp_path) == "red"


def test_a_green_with_shadows_alone(tmp_path):
    """What a trial policy would have said is no sign: nothing is known."""
    told = Told()
    told.session("a", "mon 09:00")
    told.wait("a", "mon 09:00", shadow=True)

    assert colour_of(told, tmp_path) == "unknown"


def test_reopened_again(tmp_path):
    """Twice in two sessions is twice: red. Spam is nobody's."""
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00", reopened=1)
    told.session("a", "tue 09:00", "tue 10:00", reopened=1)
    told.session("b", "tue 09:00", "tue 10:00", Reason.SPAM, reopened=5)

    assert colour_of(told, tmp_path) == "red"


def test_by_queue(tmp_path):
    """A customer is in one queue: that of last time."""
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00", queue="support")
    told.survey("a", "mon 11:00", Scale.CES, 3)

    assert [(row["queue"], row["amber"]) for row in of(told, tmp_path, ("queue",))] == [
        ("sales", 1)
    ]


def test_no_limit_is_not_looked_at(tmp_path):
    """A rule of answers alone: who gave none is unknown, whatever was broken."""
    told = Told()
    told.wait("a", "mon 09:00")
    told.survey("b", "mon 09:00", Scale.CSAT, 5)
    rule = Health(over="7d", red=Signs(csat=2), amber=Signs())

    (row,) = of(told, tmp_path, limits=Thresholds(health=rule))

    assert counts(row) == (2, 0, 0, 1, 1)
