"""Backlog, on paper."""

from stream.figures.catalogue.backlog import BACKLOG
from stream.figures.period import Period
from stream.sla.facts import Fact, FactKind, Measure, Reason
from stream.sla.instants import MINUTE
from tests.figures.told import Told, at, figure_of

UNTIL_SUNDAY = Period(at("sat 12:00"), at("sun 12:00"))


def test_on_paper(tmp_path):
    """At noon on Sunday, a session of each age, each at the very edge of its band.

    59:59, 1 h (and one that was resolved at noon), 4 h, 1 d, 3 d, 7 d. Not in it: what
    begins at noon, what was resolved or ended before, and spam; but what was resolved
    or ended later was open then.
    """
    told = Told()
    told.session("59m", "sun 11:00:01")
    told.session("1h", "sun 11:00")
    told.session("noon", "sun 11:00", "sun 13:00", resolved_at="sun 12:00")
    told.session("4h", "sun 08:00", "+1 mon 08:00")
    told.session("1d", "sat 12:00")
    told.session("3d", "thu 12:00")
    told.session("7d", "-1 sun 12:00")
    told.session("begins", "sun 12:00")
    told.session("resolved", "sun 09:00", "+1 mon 09:00", resolved_at="sun 11:59")
    told.session("ended", "sun 09:00", "sun 11:59")
    told.session("spam", "sun 09:00", "sun 13:00", Reason.SPAM)

    assert figure_of(BACKLOG, told, tmp_path, period=UNTIL_SUNDAY) == [
        {
            "n": 7,
            "under_1h": 1,
            "under_4h": 2,
            "under_1d": 1,
            "under_3d": 1,
            "under_7d": 1,
            "older": 1,
        }
    ]


def test_a_resolution_that_was_promised_is_known_at_once(tmp_path):
    """Resolved on Sunday at ten, the session is open for a day still, and no backlog.

    But reopened it is (`again`), and so is a new one after it (`next`).
    """
    told = Told()
    for key in ("done", "again", "next"):
        told.session(key, "sun 09:00")
        told.wait(key, "sun 09:00", 3600, measure=Measure.RESOLUTION)
    told.session("next", "sun 11:30")
    told.facts.append(reopened("again", at("sun 10:00") + MINUTE))

    found = figure_of(BACKLOG, told, tmp_path, ("queue",), period=UNTIL_SUNDAY)

    assert [(row["queue"], row["n"]) for row in found] == [("sales", 2)]


def reopened(key: str, when: int) -> Fact:
    return Fact(
        fact_id=f"{key} again",
        kind=FactKind.CLOCK_RESUMED,
        at=when,
        noticed_at=when,
        conversation_id=key,
        channel="whatsapp",
        account="1065",
        queue="sales",
        measure=Measure.RESOLUTION,
        cycle=at("sun 09:00"),
        started_at=at("sun 09:00"),
        policy="everyone",
        reason=Reason.REOPENED,
    )
