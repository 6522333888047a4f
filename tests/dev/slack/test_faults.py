from typing import Any

import pytest

from dev.slack.faults import Failure


def test_a_counted_failure_is_used_up():
    """Two calls fail, the third does not; other methods never do."""
    failure = Failure.told({"method": "chat.update", "error": "x", "count": 2}, now=0)
    assert not failure.applies("chat.postMessage", "C1", 0)
    assert [failure.applies("chat.update", "C1", 0) for _ in range(3)] == [
        True,
        True,
        False,
    ]


def test_a_timed_failure_ends_by_itself():
    """It hits every call for so long, and none at its end."""
    failure = Failure.told({"method": "*", "http_status": 503, "seconds": 30}, now=100)
    assert failure.applies("chat.update", None, 129.9)
    assert failure.applies("auth.test", "C1", 100)
    assert not failure.applies("chat.update", None, 130)


def test_a_failure_of_one_channel_leaves_the_others():
    """So that one queue's alerts wait and another's do not."""
    order = {"hang_up": True, "channel": "C1", "count": 9}
    failure = Failure.told(order, now=0)
    assert failure.applies("chat.postMessage", "C1", 0)
    assert not failure.applies("chat.postMessage", "C2", 0)


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"count": 1}, "choose one of error"),
        ({"error": "x", "http_status": 500, "count": 1}, "choose one of error"),
        ({"error": "x"}, "choose one of seconds"),
        ({"error": "x", "count": 1, "seconds": 1}, "choose one of seconds"),
        ({"error": "x", "count": 1, "colour": "red"}, "colour"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(order: dict[str, Any], complaint: str):
    """A test that orders nonsense must not pass by accident."""
    with pytest.raises(ValueError, match=complaint):
        Failure.told(order, now=0)
