"""What changed most, on paper: the rule is in stream/report/changes.py."""

import random
from math import ceil, log

import pytest

from stream.figures.figure import Column, Figure, N, Row, Unit
from stream.figures.period import Period
from stream.report.changes import Moved, most_changed, real_changes
from stream.report.findings import Finding, Part
from stream.report.span import Span
from stream.report.wording import sentence
from stream.sla.hours import DAY

WEEKS = Span("now", "before", Period(7 * DAY, 14 * DAY), Period(0, 7 * DAY))
SHARE = Column("share", "share", Unit.SHARE)
P50 = Column("p50_s", "p50", Unit.SECONDS)
SCORE = Column("score", "score", Unit.SCORE)


def changes(findings: list[Finding], span: Span) -> list[Moved]:
    return most_changed(real_changes(findings, span))


def figure(*columns: Column, name: str = "it") -> Figure:
    return Figure(
        number=1,
        name=name,
        title=name.title(),
        says="",
        source="",
        rows="",
        moment="",
        columns=(N, *columns),
    )


def finding(of: Figure, now: Row | None, before: Row | None, **splits) -> Finding:
    return Finding(of, Part(None, now, before), splits)


def part(of: str, now: int, before: int) -> Part:
    return Part(of, {"n": now}, {"n": before})


def times(n: int, *percentiles: float) -> Row:
    """Of times of which each hundredth is told; the one in the middle is the median."""
    assert len(percentiles) == 99
    return {"n": n, "p50_s": percentiles[49], "spread": list(percentiles)}


def test_a_count_that_chance_does_not_explain():
    """150 after 100: z = 25 / sqrt(250 / 4) = 3.16; one comparison asks for 1.96."""
    (moved,) = changes([finding(figure(), {"n": 150}, {"n": 100})], WEEKS)

    assert moved.first.z == pytest.approx(3.162, abs=0.001)
    assert moved.first.size == pytest.approx(log(150.5 / 100.5))
    assert sentence(moved) == "It rose from 100 to 150 (+50%)."


def test_a_share():
    """80% of 500 after 70%: z = 0.1 / sqrt(0.75 * 0.25 * 2 / 500) = 3.651."""
    rows = ({"n": 500, "share": 0.8}, {"n": 500, "share": 0.7})
    (moved,) = changes([finding(figure(SHARE), *rows)], WEEKS)

    assert moved.first.z == pytest.approx(3.651, abs=0.001)
    assert sentence(moved) == (
        "It rose from 70.0% to 80.0% (+10.0 points; n 500, before 500)."
    )


def test_a_median():
    """100 waits of 2 to 198 s, and 100 of 82 to 278 s: the p-th is 2p, and 2p + 80.

    A deviation of a median's rank is 5 of 100: z of the difference takes 5 z / sqrt(2)
    to both sides. The stretches do not meet up to 19: 2 * 31 + 80 = 142 > 2 * 69; z =
    19 * sqrt(2) / 5 = 5.37, in steps of 0.05.
    """
    now = times(100, *(2 * rank + 80 for rank in range(1, 100)))
    before = times(100, *(2 * rank for rank in range(1, 100)))
    (moved,) = changes([finding(figure(P50), now, before)], WEEKS)

    assert moved.first.z == pytest.approx(5.35)
    assert sentence(moved) == (
        "It (p50) rose from 1 min 40 s to 3 min (+80%; n 100, before 100)."
    )


def test_a_median_between_two_humps():
    """Half answered at once, half next morning: 8 more of 400 are ten hours, by chance.

    49 waits of 60 s of 99, and 51 of them: the median jumps from 36000 s to 60 s.
    """
    now = times(400, *[60] * 49, *[36000] * 50)
    before = times(400, *[60] * 51, *[36000] * 48)

    assert changes([finding(figure(P50), now, before)], WEEKS) == []


@pytest.mark.parametrize(
    ("columns", "now", "before"),
    [
        pytest.param([], {"n": 16}, {"n": 3}, id="fewer than 20 of a count"),
        pytest.param(
            [SHARE],
            {"n": 9, "share": 1.0},
            {"n": 9, "share": 0.0},
            id="a share of few: 4.5 of each expected",
        ),
        pytest.param(
            [SHARE],
            {"n": 1000, "share": 0.009},
            {"n": 1000, "share": 0.0},
            id="a share that is hardly ever so: 4.5 expected",
        ),
        pytest.param(
            [P50], times(19, *[9000] * 99), times(900, *[60] * 99), id="a median of 19"
        ),
        pytest.param([], {"n": 104_000}, {"n": 100_000}, id="less than a tenth"),
        pytest.param([], {"n": 120}, {"n": 100}, id="z is 1.35: chance"),
        pytest.param(
            [SCORE], {"n": 900, "score": 4.0}, {"n": 900, "score": 1.0}, id="a score"
        ),
        pytest.param(
            [SHARE], {"n": 500, "share": 0.8}, {"n": 0, "share": None}, id="not known"
        ),
    ],
)
def test_what_is_not_named(columns, now, before):
    """Small n, small changes and chance do not win, and scores are not compared."""
    assert changes([finding(figure(*columns), now, before)], WEEKS) == []


def test_of_many_comparisons_more_is_asked():
    """3.16 is enough alone (1.96), and not among 40: that asks for 3.23."""
    it = finding(figure(), {"n": 150}, {"n": 100})
    still = [
        finding(figure(name=f"f{number}"), {"n": 100}, {"n": 100})
        for number in range(39)
    ]

    assert len(changes([it], WEEKS)) == 1
    assert changes([it, *still], WEEKS) == []


def test_periods_of_another_length_are_rates():
    """310 in March are as many as 280 in February."""
    months = Span("", "", Period(28 * DAY, 59 * DAY), Period(0, 28 * DAY))

    assert changes([finding(figure(), {"n": 3100}, {"n": 2800})], months) == []


def test_a_figure_is_named_once():
    """The whole, and the part that moved most; one bad queue is no five sentences."""
    parts = [part("sales", 300, 100), part("support", 240, 200)]
    it = finding(figure(), {"n": 540}, {"n": 300}, queue=parts, channel=parts)

    (moved,) = changes([it], WEEKS)
    assert sentence(moved) == (
        "It rose from 300 to 540 (+80%);"
        " most in queue sales, where it rose from 100 to 300 (+200%)."
    )


def test_a_part_is_named_where_the_whole_stayed():
    """Two queues that change places are news."""
    parts = [part("sales", 300, 100), part("support", 100, 300)]
    it = finding(figure(), {"n": 400}, {"n": 400}, queue=parts)

    (moved,) = changes([it], WEEKS)
    assert sentence(moved) == "It in queue sales rose from 100 to 300 (+200%)."


def test_what_is_new_and_what_is_gone():
    """40 of a category that nobody knew, and 60 before of one that is gone."""
    now, before = part("new", 40, 0), part("gone", 0, 60)
    parts = [Part("new", now.now, None), Part("gone", None, before.before)]
    it = finding(figure(), {"n": 340}, {"n": 360}, category=parts)

    assert [sentence(each) for each in changes([it], WEEKS)] == [
        "It in category gone fell from 60 to 0 (-100%)."
    ]
    it = finding(figure(), {"n": 340}, {"n": 300}, category=parts[:1])
    (moved,) = changes([it], WEEKS)
    assert sentence(moved) == "It in category new rose from 0 to 40."


def test_what_stands_at_the_end_is_no_rate():
    """A backlog of 3,100 after 2,800 is 11% more, however long the months."""
    months = Span("", "", Period(28 * DAY, 59 * DAY), Period(0, 28 * DAY))

    it = finding(figure(name="backlog"), {"n": 3100}, {"n": 2800})
    assert len(changes([it], months)) == 1


def test_the_five_that_changed_most():
    """By how much, not by how sure; up and down alike."""
    counts = {"a": (200, 100), "b": (50, 200), "c": (9000, 6000)}
    counts |= {"d": (100, 250), "e": (1000, 300), "f": (125, 400)}
    found = [
        finding(figure(name=name), {"n": now}, {"n": before})
        for name, (now, before) in counts.items()
    ]

    names = [moved.first.figure.name for moved in changes(found, WEEKS)]

    assert names == ["b", "e", "f", "d", "a"]


def test_where_nothing_changed_19_of_20_reports_name_nothing():
    """100 reports of 30 counts, shares and medians, drawn twice from the same: 5 or so.

    The times have two humps, a minute or ten hours.
    """
    chance = random.Random(18)  # noqa: S311  a test

    def drawn(n: int) -> list[Row]:
        said = sum(chance.random() < 0.3 for _ in range(n))
        waits = sorted(
            chance.lognormvariate(4 if chance.random() < 0.5 else 10.5, 0.5)
            for _ in range(n)
        )
        percentiles = [waits[ceil(n * rank / 100) - 1] for rank in range(1, 100)]
        count = sum(chance.random() < 0.1 for _ in range(10 * n))
        return [{"n": count}, {"n": n, "share": said / n}, times(n, *percentiles)]

    def report(number: int) -> list[Finding]:
        kinds = [figure(*columns, name=f"{number}") for columns in ([], [SHARE], [P50])]
        pairs = zip(drawn(60), drawn(60), strict=True)
        return [
            finding(kind, now, before)
            for kind, (now, before) in zip(kinds, pairs, strict=True)
        ]

    named = sum(
        bool(changes([each for number in range(10) for each in report(number)], WEEKS))
        for _ in range(100)
    )

    assert named <= 10


def test_medians_of_few_are_as_sure_as_their_ranks_allow():
    """20 waits of 1 min, and 20 of an hour: the ranks end at 1 and 99, and z with them.

    49 = 100 z / (2 sqrt(20) sqrt(2)): z = 6.20, in steps of 0.05.
    """
    now, before = times(20, *[3600] * 99), times(20, *[60] * 99)
    (moved,) = changes([finding(figure(P50), now, before)], WEEKS)

    assert moved.first.z == pytest.approx(6.15)
