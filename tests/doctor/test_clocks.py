"""Clocks beside ours, in milliseconds."""

import pytest

from stream.doctor.check import Mark
from stream.doctor.clocks import judge_clock, judge_stamps

NOW = 1_795_420_800_000


@pytest.mark.parametrize(
    ("told", "answered", "mark", "said"),
    [
        (5, 10, Mark.OK, "+0 ms from ours, ± 5 ms"),
        (-995, 10, Mark.OK, "-1000 ms from ours, ± 5 ms"),
        (1010, 10, Mark.OK, "+1005 ms from ours, ± 5 ms"),
        (1011, 10, Mark.WARN, "1.0 s ahead of this machine's"),
        (-1001, 10, Mark.WARN, "1.0 s behind this machine's"),
        (2500, 3000, Mark.OK, "+1000 ms from ours, ± 1500 ms"),
        (5010, 10, Mark.WARN, "5.0 s ahead of this machine's"),
        (5011, 10, Mark.FAIL, "5.0 s ahead of this machine's"),
        (-3_600_000, 10, Mark.FAIL, "3600.0 s behind this machine's"),
    ],
)
def test_a_clock_that_tells_its_time(told, answered, mark, said):
    """Only what the time of the answer cannot explain counts."""
    finding = judge_clock(
        "redis clock", asked=NOW, told=NOW + told, answered=NOW + answered
    )

    assert (finding.mark, finding.found) == (mark, said)
    assert bool(finding.remedy) == (mark is not Mark.OK)


@pytest.mark.parametrize(
    ("newest", "mark"),
    [
        (None, Mark.SKIP),
        (-3_600_000, Mark.SKIP),
        (1000, Mark.SKIP),
        (1001, Mark.WARN),
        (5001, Mark.FAIL),
    ],
)
def test_stamps_show_only_who_is_ahead(newest, mark):
    """An old stamp says nothing: there may have been nothing to write."""
    stamp = None if newest is None else NOW + newest

    assert judge_stamps(stamp, NOW, by_broker=False).mark is mark


def test_who_stamped_it_is_said():
    """With LogAppendTime it was the broker."""
    ahead = NOW + 4000

    assert judge_stamps(ahead, NOW, by_broker=True).found.startswith("a broker is 4.0")
    assert judge_stamps(ahead, NOW, by_broker=False).found.startswith("a producer is")
