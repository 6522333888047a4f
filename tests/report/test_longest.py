"""The longest waits, on paper."""

from stream.figures.period import Period
from stream.report.longest import Wait, longest, unanswered
from stream.sla.facts import Measure
from stream.sla.hours import DAY
from tests.figures.told import WEEK, Told, at, tables_of


def test_the_ten_longest_that_were_answered(tmp_path):
    """Of 12, the longest first; not those of another week, of shadows, of no reply."""
    told = Told()
    for number in range(12):
        told.wait(f"c{number:02}", "mon 09:00", 60 * number, queue="support")
    told.wait("later", "tue 09:00", 9999, measure=Measure.NEXT_REPLY)
    told.wait("after", "sun 23:00", 7200)
    told.wait("shadow", "mon 09:00", 88888, shadow=True)
    told.wait("solved", "mon 09:00", 88888, measure=Measure.RESOLUTION)
    told.wait("waits", "mon 09:00")

    found = longest(tables_of(told.facts, tmp_path), WEEK)

    assert found[0] == Wait(
        "later", "next_reply", at("tue 09:00"), 9999, "whatsapp", "sales"
    )
    assert [wait.conversation for wait in found[1:]] == [
        f"c{number:02}" for number in range(11, 2, -1)
    ]


def test_who_had_no_reply_is_counted_when_the_wait_began(tmp_path):
    """Two began in the week, one before it; whoever was answered late is no such."""
    told = Told()
    told.wait("a", "mon 09:00")
    told.wait("b", "tue 09:00", measure=Measure.NEXT_REPLY)
    told.wait("late", "tue 09:00", 5000)
    told.wait("next week", "+1 mon 00:00")
    told.wait("shadow", "mon 09:00", shadow=True)
    tables = tables_of(told.facts, tmp_path)

    assert unanswered(tables, WEEK) == 2
    assert unanswered(tables, Period(WEEK.begin + DAY, WEEK.end)) == 1
