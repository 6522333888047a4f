"""First-contact resolution, on paper."""

from stream.figures.catalogue.first_contact_resolution import FIRST_CONTACT_RESOLUTION
from stream.figures.thresholds import Thresholds
from stream.sla.facts import Reason
from stream.sla.hours import DAY
from tests.figures.told import WEEK, Told, figure_of

BACK = {"resolved_at": "mon 10:00"}


def known_until(told, when):
    """Something that is no session, told then."""
    told.survey("another", when, "csat", 5)


def test_on_paper(tmp_path):
    """Seven were resolved on Monday at ten; a window of 7 days is over a week later.

    Failures: `reopened`; `back`, again on Thursday; `edge`, again at the window's last
    moment; `other`, whose customer wrote elsewhere meanwhile. Successes, 3 of 7:
    `once`; `later`, again after the window; `spam`, since spam is no contact. Never
    resolved, or after the week: in none.
    """
    told = Told()
    for key in ("once", "later", "back", "edge", "spam"):
        told.session(key, "mon 09:00", "mon 12:00", **BACK)
    told.session("reopened", "mon 09:00", "mon 12:00", reopened=1, **BACK)
    told.session("other", "mon 09:00", "mon 12:00", customer="c1", **BACK)
    told.session("back", "thu 09:00", "thu 10:00")
    told.session("edge", "+1 mon 10:00", "+1 mon 11:00")
    told.session("later", "+1 mon 10:01", "+1 mon 11:00")
    told.session("elsewhere", "mon 09:30", "tue 10:00", customer="c1")
    told.session("spam", "tue 09:00", "tue 10:00", Reason.SPAM)
    told.session("open", "tue 09:00")
    told.session("after", "sun 23:00", "+1 mon 10:00", resolved_at="+1 mon 00:00")

    assert figure_of(FIRST_CONTACT_RESOLUTION, told, tmp_path) == [
        {
            "n": 7,
            "first_contact": 3,
            "first_contact_share": 3 / 7,
            "undecided": 0,
        }
    ]


def test_who_may_still_come_back_is_undecided(tmp_path):
    """On Wednesday nobody knows of Tuesday's: not a success, nor the failure it is.

    Of two days (the limit is the file's) Monday's are known: one success of one.
    """
    told = Told()
    told.session("a", "mon 09:00", "mon 12:00", **BACK)
    told.session("b", "tue 09:00", "tue 12:00", resolved_at="tue 10:00")
    told.session("c", "tue 09:00", "tue 12:00", resolved_at="tue 10:00")
    told.session("c", "wed 09:00")
    known_until(told, "wed 10:01")

    (row,) = figure_of(
        FIRST_CONTACT_RESOLUTION,
        told,
        tmp_path,
        thresholds=Thresholds(fcr_window=2 * 86400),
    )

    assert row == {
        "n": 1,
        "first_contact": 1,
        "first_contact_share": 1,
        "undecided": 2,
    }


def test_an_open_session_is_of_the_customer_its_conversation_had(tmp_path):
    """Who it is, is told when a session ends; being back counts from the first word."""
    told = Told()
    told.session("a", "mon 09:00", "mon 12:00", customer="c1", **BACK)
    told.session("a", "tue 09:00")
    known_until(told, "+1 tue 00:00")

    (row,) = figure_of(
        FIRST_CONTACT_RESOLUTION,
        told,
        tmp_path,
        period=WEEK._replace(end=WEEK.begin + DAY),
    )

    assert (row["n"], row["first_contact"]) == (1, 0)
