"""Categories, on paper."""

from stream.figures.catalogue.categories import CATEGORIES
from stream.sla.facts import Reason
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Five ended: shares of 0.4, 0.2, 0.2 and 0.4 (1.2, since one is in two).

    Two complaints, one of them of delivery, too; one other; two of which nobody said a
    tag, which is not `other`. Open ones, spam and next week's are in none.
    """
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00", categories=("complaint",))
    both = ("complaint", "delivery")
    told.session("b", "mon 09:00", "tue 10:00", categories=both, queue="support")
    told.session("c", "mon 09:00", "tue 10:00", categories=("other",))
    told.session("d", "mon 09:00", "tue 10:00")
    told.session("e", "mon 09:00", "tue 10:00")
    told.session("open", "mon 09:00")
    told.session("spam", "mon 09:00", "mon 10:00", Reason.SPAM, categories=both)
    told.session("after", "mon 09:00", "+1 mon 00:00", categories=both)

    found = figure_of(CATEGORIES, told, tmp_path, ("category",))

    assert [(row["category"], row["n"], row["share"]) for row in found] == [
        ("complaint", 2, 0.4),
        ("delivery", 1, 0.2),
        ("other", 1, 0.2),
        (None, 2, 0.4),
    ]


def test_of_all_it_says_how_many_are_not_known(tmp_path):
    """Two of three bear no tag."""
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00", categories=("complaint", "delivery"))
    told.session("b", "mon 09:00", "mon 10:00")
    told.session("c", "mon 09:00", "mon 10:00")

    assert figure_of(CATEGORIES, told, tmp_path) == [
        {"n": 3, "share": 1, "not_known": 2, "not_known_share": 2 / 3}
    ]
