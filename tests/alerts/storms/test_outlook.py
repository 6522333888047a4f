"""The outlook: when what breaks becomes one message, by a clock that tests hold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.storms.outlook import Arrival, Limits, Outlook
from stream.sla.instants import SECOND

LIMITS = Limits(threshold=3, window=60 * SECOND)


def arriving(
    outlook: Outlook, *seconds: float, queue: str = "sales", limits: Limits = LIMITS
) -> Outlook:
    """One breach after the other; each has a key of its own."""
    for second in seconds:
        at = round(second * SECOND)
        news = [Arrival(f"{queue}@{second}", queue, at)]
        outlook = outlook.aged(at, limits).arrived(news, limits)
        if outlook.stormy and outlook.storm is None:
            outlook = outlook.stormy_with(f"storm:{second}")
    return outlook


def test_as_many_as_the_threshold_are_no_storm() -> None:
    """Three within the window are told one by one; the fourth makes it a storm."""
    assert arriving(Outlook(), 0, 10, 20).stormy == ()
    assert arriving(Outlook(), 0, 10, 20, 30).stormy == ("sales",)


def test_what_is_spread_is_no_storm() -> None:
    """More than the threshold, but never within one window."""
    assert arriving(Outlook(), *range(0, 600, 21)).stormy == ()


def test_each_queue_counts_for_itself() -> None:
    """Breaches of two queues do not add up; a calm queue stays out of the list."""
    outlook = arriving(Outlook(), 0, 1, 2)
    outlook = arriving(outlook, 3, 4, queue="support")
    assert outlook.stormy == ()
    outlook = arriving(outlook, 5)
    assert outlook.takes(Arrival("x", "sales", 6_000))
    assert not outlook.takes(Arrival("x", "support", 6_000))


def test_two_stormy_queues_have_one_list() -> None:
    """A second queue's storm joins the first one's message."""
    outlook = arriving(Outlook(), 0, 1, 2, 3)
    both = arriving(outlook, 4, 5, 6, 7, queue="support")
    assert both.stormy == ("sales", "support")
    assert both.storm == outlook.storm == "storm:3"


def test_the_same_breach_is_counted_once() -> None:
    """Looked at again and again, it is one."""
    again = [Arrival("a", "sales", second * SECOND) for second in range(5)]
    outlook = Outlook()
    for news in again:
        outlook = outlook.arrived([news], LIMITS)
    assert outlook.arrived(again, LIMITS).stormy == ()


def test_it_is_over_when_half_the_threshold_is_left() -> None:
    """Two in the window keep it, one does not; the next storm has a new list."""
    outlook = arriving(Outlook(), 0, 1, 2, 30)
    assert outlook.aged(61 * SECOND, LIMITS).stormy == ("sales",)
    calm = outlook.aged(63 * SECOND, LIMITS)
    assert calm.stormy == ()
    assert not calm.is_growing("storm:30")
    later = arriving(calm, 100, 101, 102, 103)
    assert later.storm == "storm:103"


def test_what_is_told_beside_a_list_is_no_storm() -> None:
    """It has lists of its own; those in which nobody waits are forgotten."""
    outlook = Outlook().beside_with("escalations storm:a", "storm:b")
    outlook = outlook.beside_with("return:1", "storm:c", {"escalations storm:a"})
    assert outlook.beside == {"return:1": "storm:c"}
    assert outlook.stormy == ()
    assert not outlook.is_growing("storm:c")


def test_closed_hours_have_a_list_until_the_opening() -> None:
    """It takes what comes until then, and nothing after."""
    closed = Outlook().closed_with("storm:night")
    assert closed.is_growing("storm:night")
    assert not closed.opened().is_growing("storm:night")


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 300), max_size=60),
    st.integers(1, 6),
    st.integers(1, 90),
)
def test_a_storm_is_what_its_window_says(
    seconds: list[int], threshold: int, window: int
) -> None:
    """More than the threshold within the window, or still more than half after that.

    What is kept of it stays small.
    """
    limits = Limits(threshold, window * SECOND)
    outlook, known, stormy = Outlook(), [], False
    for number, second in enumerate(sorted(seconds)):
        known.append(second)
        news = [Arrival(str(number), "sales", second * SECOND)]
        before = [at for at in known[:-1] if at > second - window]
        stormy = stormy and len(before) > threshold // 2
        outlook = outlook.aged(second * SECOND, limits).arrived(news, limits)
        stormy = stormy or len(before) + 1 > threshold
        assert (outlook.stormy == ("sales",)) is stormy
        assert len(outlook.recent["sales"]) <= threshold + 1
