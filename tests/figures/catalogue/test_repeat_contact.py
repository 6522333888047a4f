"""Repeat contact, on paper."""

from stream.figures.catalogue.repeat_contact import REPEAT_CONTACT
from stream.sla.facts import Reason
from tests.figures.told import Told, figure_of, week


def test_on_paper(tmp_path):
    """Seven were opened in the second week, four of them again.

    `edge`, whose last one ended 7 days before to the moment; `other`, whose customer's
    first is open still; the second of `twice`; `long`, whose customer's first ended
    after a later one. Not again: `after`, a second later than the edge; the first of
    `twice`; `spammed`, after what was spam.
    """
    told = Told()
    told.session("edge", "mon 08:00", "mon 09:00")
    told.session("edge", "+1 mon 09:00", categories=("delivery",), end="+1 mon 10:00")
    told.session("after", "mon 08:00", "mon 09:00")
    told.session("after", "+1 mon 09:00:01", "+1 mon 10:00")
    told.session("m1", "-3 mon 08:00")
    told.session("other", "+1 tue 09:00", "+1 tue 10:00", customer="m1")
    told.session("twice", "+1 wed 09:00", "+1 wed 10:00")
    told.session("twice", "+1 thu 09:00", "+1 thu 10:00")
    told.session("l1", "-1 mon 08:00", "sun 12:00", customer="c2")
    told.session("l2", "-1 tue 08:00", "-1 tue 09:00", customer="c2")
    told.session("long", "+1 mon 12:00", "+1 mon 13:00", customer="c2")
    told.session("spammed", "sun 09:00", "sun 10:00", Reason.SPAM)
    told.session("spammed", "+1 mon 09:00", "+1 mon 10:00")
    told.session("next", "+2 mon 00:00")

    (row,) = figure_of(REPEAT_CONTACT, told, tmp_path, period=week(1))

    assert row == {"n": 7, "repeated": 4, "repeated_share": 4 / 7}
    found = figure_of(
        REPEAT_CONTACT, told, tmp_path / "by", ("category",), period=week(1)
    )
    assert [(row["category"], row["repeated"]) for row in found] == [
        ("delivery", 1),
        (None, 3),
    ]
