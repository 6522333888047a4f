"""Converted, on paper."""

from stream.figures.catalogue.converted import CONVERTED, CONVERTED_AMOUNT
from stream.figures.thresholds import Thresholds
from stream.sla.facts import Reason
from tests.figures.told import WEEK, Told, figure_of, tables_of

ONE_DAY = Thresholds(converted_within=86400)


def test_on_paper(tmp_path):
    """Within a day of the end (config): a, b and c of six, a half.

    a bought while it went on; b at the very end of the day after; c in another
    conversation (the customer is the same); d a second too late; e before it began,
    f never. What is still open, spam and the next week are not in it.
    """
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00")
    told.purchase("a", "mon 09:30")
    told.session("b", "mon 09:00", "mon 10:00")
    told.purchase("b", "tue 10:00")
    told.session("c", "mon 09:00", "mon 10:00", customer="cleo")
    told.session("shop", "sun 01:00", "+1 mon 00:00", customer="cleo")
    told.session("other", "sun 23:00", customer="cleo")
    told.session("d", "mon 09:00", "mon 10:00")
    told.purchase("d", "tue 10:00:01")
    told.session("e", "mon 09:00", "mon 10:00")
    told.purchase("e", "mon 08:59:59")
    told.session("f", "mon 09:00", "mon 10:00")
    told.session("open", "mon 09:00")
    told.purchase("open", "mon 09:30")
    told.session("spam", "mon 09:00", "mon 10:00", Reason.SPAM)
    told.purchase("spam", "mon 09:30")
    told.session("web", "mon 10:30", "+1 mon 10:30", customer="cleo")
    told.purchase("web", "mon 11:00")

    (row,) = figure_of(CONVERTED, told, tmp_path, thresholds=ONE_DAY)

    assert row == {"n": 6, "converted": 3, "converted_share": 0.5, "undecided": 0}


def test_two_sessions_before_one_purchase(tmp_path):
    """Both led to it, whichever queue had them; the amount is the last one's alone."""
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00")
    told.session("a", "mon 11:00", "mon 12:00", queue="support")
    told.purchase("a", "mon 13:00", 40, "EUR")
    told.session("late", "+1 mon 09:00")
    tables = tables_of(told.facts, tmp_path)

    assert [
        (row["queue"], row["n"], row["converted"])
        for row in CONVERTED.of(tables, WEEK, ("queue",))
    ] == [("sales", 1, 1), ("support", 1, 1)]
    assert CONVERTED_AMOUNT.of(tables, WEEK, ("queue",)) == [
        {"queue": "support", "n": 1, "amount": 40, "mean": 40, "p50": 40}
    ]


def test_who_may_still_buy_is_undecided(tmp_path):
    """Five days after Monday it is known of a, who did not buy; not yet of b and c.

    That b bought is known, but that c did not will be known last: counted at once, the
    last days would always look better than the days before.
    """
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00")
    told.session("b", "mon 09:00", "mon 12:00")
    told.session("c", "mon 09:00", "mon 12:00")
    told.purchase("b", "mon 13:00")
    told.session("last", "sat 10:00:01")

    assert figure_of(CONVERTED, told, tmp_path) == [
        {"n": 1, "converted": 0, "converted_share": 0, "undecided": 2}
    ]


def test_nobody_told_of_purchases(tmp_path):
    """Then it is not known whether customers bought; with one purchase known, it is."""
    told = Told()
    told.session("a", "mon 09:00", "mon 10:00")
    told.session("late", "+1 mon 09:00")
    (unknown,) = figure_of(CONVERTED, told, tmp_path / "unknown")
    told.purchase("b", "mon 09:00")
    (known,) = figure_of(CONVERTED, told, tmp_path / "known")

    assert [row["n"] for row in (unknown, known)] == [1, 1]
    assert (unknown["converted"], unknown["converted_share"]) == (None, None)
    assert (known["converted"], known["converted_share"]) == (0, 0)


def test_amounts(tmp_path):
    """10, 20 and 60 EUR: 90, mean 30, median 20; 5000 HUF are no euros.

    Together they are not known. A purchase a second after the day (e) and one of a
    customer who never wrote (nobody) are no session's.
    """
    told = Told()
    for name, amount in (("a", 10), ("b", 20), ("c", 60)):
        told.session(name, "mon 09:00", "mon 10:00")
        told.purchase(name, "mon 12:00", amount, "EUR")
    told.session("d", "mon 09:00")
    told.purchase("d", "mon 12:00", 5000, "HUF")
    told.session("e", "mon 09:00", "mon 10:00")
    told.purchase("e", "tue 10:00:01", 7, "EUR")
    told.purchase("nobody", "mon 12:00", 7, "EUR")

    tables = tables_of(told.facts, tmp_path, ONE_DAY)

    assert CONVERTED_AMOUNT.of(tables, WEEK, ("currency",)) == [
        {"currency": "EUR", "n": 3, "amount": 90, "mean": 30, "p50": 20},
        {"currency": "HUF", "n": 1, "amount": 5000, "mean": 5000, "p50": 5000},
    ]
    assert CONVERTED_AMOUNT.of(tables, WEEK) == [
        {"n": 4, "amount": None, "mean": None, "p50": None}
    ]
