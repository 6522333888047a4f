from dev.slack.limits import Bucket, Spacing


def test_one_message_a_second_in_each_channel():
    """The second within a second waits; another channel does not."""
    spacing = Spacing()
    assert spacing.take("a", 10.0) == 0
    assert spacing.take("a", 10.25) == 1
    assert spacing.take("b", 10.25) == 0
    assert spacing.take("a", 10.99) == 1
    assert spacing.take("a", 11.0) == 0
    assert spacing.take("a", 11.5) == 1


def test_a_refused_message_does_not_push_the_next_one_back():
    """The second counts from the last message that was accepted."""
    spacing = Spacing()
    spacing.take("a", 10.0)
    spacing.take("a", 10.9)
    assert spacing.take("a", 11.0) == 0


def test_fifty_a_minute_then_one_every_1200_ms():
    """A minute's calls may come at once; then they come back one by one."""
    bucket = Bucket()
    assert [bucket.take(0.0) for _ in range(50)] == [0] * 50
    assert bucket.take(0.0) == 2
    assert bucket.take(1.0) == 1
    assert bucket.take(1.2) == 0
    assert bucket.take(1.3) == 2


def test_no_more_than_a_minute_is_saved_up():
    """An hour of silence gives no more than fifty at once."""
    bucket = Bucket(a_minute=3)
    bucket.take(0.0)
    assert [bucket.take(3600.0) for _ in range(4)] == [0, 0, 0, 20]
